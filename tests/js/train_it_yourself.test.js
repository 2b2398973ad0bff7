import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chartOf,
  extended,
  lossOf,
  NOTHING,
  RATES,
  resultsOf,
  schema,
  sentenceOf,
} from "../../cs336_core/widgets/train_it_yourself/progress.js";

const report = (step, losses) => ({ run: 0, size: 9000, step, losses, sample: "ab" });

test("a report adds the mean loss of its steps", () => {
  const progress = extended(extended(NOTHING, report(2, [4, 2])), report(5, [1, 1, 1]));
  assert.deepEqual(progress.points, [
    { step: 2, loss: 3 },
    { step: 5, loss: 1 },
  ]);
  assert.equal(lossOf(progress), 1);
  assert.equal(lossOf(NOTHING), undefined);
  assert.deepEqual(
    resultsOf(progress).map(([, value]) => value),
    ["1.00", "5", "9,000"],
  );
});

test("a long run has few points, in order, up to the last step", () => {
  let progress = NOTHING;
  for (let step = 1; step <= 3000; step++) progress = extended(progress, report(step, [step]));
  assert.ok(progress.points.length <= 400);
  assert.equal(progress.points.at(-1).step, 3000);
  progress.points.slice(1).forEach(({ step }, i) => assert.ok(step > progress.points[i].step));
});

test("the chart stays within its frame, and begins with the loss of a guess", () => {
  const progress = extended(extended(NOTHING, report(1, [99])), report(50_000, [0.1]));
  for (const { lines, ticks } of [chartOf(NOTHING, 30), chartOf(progress, 30)]) {
    for (const [x, y] of [...lines.flatMap(({ points }) => points), ...ticks.map(([x]) => [x, 0])])
      assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1);
  }
  assert.match(sentenceOf(NOTHING, 30), /among 30 characters has a loss of 3\.40/);
  assert.match(sentenceOf(progress, 30), /After 50,000\u00a0steps, the loss is 0\.10/);
});

test("the slider has the rates that the setting takes", () => {
  assert.deepEqual([RATES[0], RATES.at(-1)], [schema.rate.min, schema.rate.max]);
  assert.ok(RATES.includes(schema.rate.default));
});
