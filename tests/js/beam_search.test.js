import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { beamSteps } from "../../cs336_core/browser/inference/beam_search.js";
import { forward } from "../../cs336_core/browser/model/transformer/model.js";
import {
  lastLogits,
  logProbabilities,
} from "../../cs336_core/browser/model/transformer/reading.js";
import { readModel } from "../../cs336_core/browser/model/transformer/weights.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));

test("every candidate of every step equals Python's on the same weights", () => {
  const { model } = readModel(golden("transformer")[0].packed);
  for (const { prompt, width, steps } of golden("beam_search")) {
    const next = (tokens) =>
      logProbabilities(lastLogits(model, forward(model, [...prompt, ...tokens])));
    const ours = [...beamSteps(next, width, steps.length)];
    assert.deepEqual(
      ours.map((step) => step.map(({ tokens, parent, rank }) => [tokens, parent, rank ?? null])),
      steps.map((step) => step.map(([tokens, , parent, rank]) => [tokens, parent, rank])),
    );
    steps.flat().forEach(([, logProb], i) => {
      const error = Math.abs(ours.flat()[i].logProb - logProb);
      assert.ok(error < 1e-4, `${ours.flat()[i].logProb}, not ${logProb}`);
    });
  }
});

test("a greedy choice may be dropped later, and a tie goes to the first", () => {
  const follow = { "": [0.5, 0.4, 0.1], 0: [0.35, 0.35, 0.3], 1: [0.9, 0.05, 0.05] };
  const next = (tokens) => follow[tokens.join()].map(Math.log);
  const [first, second] = beamSteps(next, 2, 2);
  assert.deepEqual(
    first.map(({ tokens, rank }) => [...tokens, rank]),
    [
      [0, 0],
      [1, 1],
    ],
  );
  assert.deepEqual(
    second.map(({ tokens, parent, rank }) => [tokens.join(), parent, rank]),
    [
      ["1,0", 1, 0],
      ["0,0", 0, 1],
      ["0,1", 0, undefined],
      ["1,1", 1, undefined],
    ],
  );
});
