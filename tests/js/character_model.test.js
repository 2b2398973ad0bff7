import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Adam } from "../../cs336_core/browser/training/adam.js";
import { backward, countOf } from "../../cs336_core/browser/training/character_model.js";
import { CharacterRun } from "../../cs336_core/browser/training/character_run.js";

const [golden] = JSON.parse(
  readFileSync(new URL("golden/character_model.json", import.meta.url), "utf8"),
);
const BOUND = 1e-8;

const arrays = (tensors) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, entries]) => [name, Float64Array.from(entries)]),
  );

/** Assert that tensors are equal up to rounding. */
function close(ours, theirs) {
  assert.deepEqual(Object.keys(ours), Object.keys(theirs));
  for (const [name, entries] of Object.entries(theirs)) {
    assert.equal(ours[name].length, entries.length);
    entries.forEach((entry, i) =>
      assert.ok(Math.abs(ours[name][i] - entry) < BOUND, `${name} ${i}`),
    );
  }
}

test("losses, gradients and Adam's steps equal PyTorch's", () => {
  const parameters = arrays(golden.parameters);
  const batch = {
    inputs: Int32Array.from(golden.inputs),
    targets: Int32Array.from(golden.targets),
  };
  const optimizer = new Adam();
  golden.losses.forEach((expected, step) => {
    const { loss, gradients } = backward(parameters, golden.sizes, batch);
    assert.ok(Math.abs(loss - expected) < BOUND);
    if (step === 0) close(gradients, golden.gradients);
    optimizer.update(parameters, gradients, golden.rate);
  });
  close(parameters, golden.after);
  assert.equal(countOf(parameters), 10 + 24 + 4 + 20 + 5);
});

test("a run is repeatable, and memorizes a short text", () => {
  const text = "ab😀 ab😀 ba ";
  const runs = [new CharacterRun(text), new CharacterRun(text)];
  assert.deepEqual(runs[0].vocab, [" ", "a", "b", "😀"]);
  const losses = runs.map((run) => Array.from({ length: 60 }, () => run.step(0.02)));
  assert.deepEqual(losses[0], losses[1]);
  assert.ok(Math.abs(losses[0][0] - Math.log(4)) < 0.3);
  assert.ok(losses[0].at(-1) < 0.2);
  assert.ok(runs[0].sample().startsWith("ab😀 ab😀 ba ab😀"), runs[0].sample());
  assert.equal(runs[0].sample(), runs[1].sample());
});

test("the text goes around, so that its first character has a context too", () => {
  const run = new CharacterRun("abc");
  assert.deepEqual(
    [-1, 0, 3, 7].map((i) => run.vocab[run.idAt(i)]),
    ["c", "a", "a", "b"],
  );
});
