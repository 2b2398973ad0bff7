import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { nextToken, randomNumbers } from "../../cs336_core/browser/model/transformer/sampling.js";
import { readModel } from "../../cs336_core/browser/model/transformer/weights.js";
import {
  bounded,
  chartOf,
  checkpointAt,
  fileOf,
  pointAt,
  positionOf,
  resultsOf,
  rowsOf,
  STEPS,
} from "../../cs336_core/widgets/training_run/run.js";

const LAST = STEPS.length - 1;
const RUN = {
  checkpoints: [...STEPS],
  curve: STEPS.map((step, i) => ({
    step,
    ...(i && { train: 7 - i }),
    stories: 7 - i,
    plays: 7 - i / 2,
  })),
};

test("checkpoints have files, and positions that begin at 0 and end at 1", () => {
  assert.equal(fileOf(0), "small-0");
  assert.equal(fileOf(LAST), "small");
  assert.deepEqual([positionOf(0), positionOf(STEPS[LAST])], [0, 1]);
  STEPS.forEach((step, i) => assert.equal(checkpointAt(positionOf(step)), i));
  assert.deepEqual([checkpointAt(-3), checkpointAt(9)], [0, LAST]);
  assert.deepEqual([bounded(-5), bounded(2.4), bounded(99)], [0, 2, LAST]);
});

test("the chart has three curves and marks the checkpoint; training has no loss before it", () => {
  const { lines, dots, now } = chartOf(RUN, 2);
  assert.deepEqual(
    lines.map(({ kind, points }) => [kind, points.length]),
    [
      ["train", LAST],
      ["plays", LAST + 1],
      ["stories", LAST + 1],
    ],
  );
  assert.equal(now.x, positionOf(STEPS[2]));
  assert.deepEqual(
    dots.map(({ y }) => 8 * y),
    [5, 6],
  );
  for (const [x, y] of lines.flatMap(({ points }) => points))
    assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1);
});

test("the results and the saved rows", () => {
  assert.deepEqual(
    resultsOf(RUN, 1).map(([, value]) => value),
    ["20", "20,480", "6.00"],
  );
  assert.deepEqual(rowsOf(RUN)[0], { step: 0, train: "", stories: 7, plays: 7 });
  assert.equal(pointAt({ ...RUN, curve: [] }, 0), undefined);
});

test("tokens are drawn as often as they are probable, the same for the same seed", () => {
  const golden = JSON.parse(
    readFileSync(new URL("golden/transformer.json", import.meta.url), "utf8"),
  );
  const { model } = readModel(golden[0].packed);
  const drawn = (seed, temperature) => {
    const random = randomNumbers(seed);
    return Array.from({ length: 20 }, () => nextToken(model, [5, 6], temperature, random));
  };
  assert.deepEqual(drawn(1, 1), drawn(1, 1));
  assert.notDeepEqual(drawn(1, 1), drawn(2, 1));
  assert.equal(new Set(drawn(1, 1e-6)).size, 1); // the likeliest
  const random = randomNumbers(3);
  const numbers = Array.from({ length: 2000 }, random);
  assert.ok(numbers.every((x) => x >= 0 && x < 1));
  assert.ok(Math.abs(numbers.reduce((a, b) => a + b) / 2000 - 0.5) < 0.03);
  assert.equal(
    nextToken(model, [5, 6], 1, () => 1),
    259,
  ); // beyond the last one
});
