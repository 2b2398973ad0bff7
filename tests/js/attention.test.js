import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { attend, divisorOf, mayAttend, softmax } from "../../cs336_core/browser/model/attention.js";

const golden = JSON.parse(readFileSync(new URL("golden/attention.json", import.meta.url), "utf8"));
const SETTINGS = { mask: "causal", window: 2, prefix: 2, padding: 0, temperature: 1, scaled: true };
const BOUND = 1e-6;

/** Assert that two matrices are equal up to rounding. */
function close(ours, theirs, what) {
  assert.equal(ours.length, theirs.length, what);
  ours.forEach((row, i) => {
    assert.equal(row.length, theirs[i].length, what);
    row.forEach((x, j) =>
      assert.ok(
        Math.abs(x - theirs[i][j]) <= BOUND * Math.max(1, Math.abs(theirs[i][j])),
        `${what}: ${x} and ${theirs[i][j]} at ${i}, ${j}`,
      ),
    );
  });
}

test("weights and outputs equal Python's in every golden case, with every mask", () => {
  const seen = new Map();
  for (const { q, k, v, cases } of golden) {
    for (const { weights, outputs, ...settings } of cases) {
      const attention = attend(q, k, v, settings);
      close(attention.weights, weights, JSON.stringify(settings));
      close(attention.outputs, outputs, JSON.stringify(settings));
      seen.set(settings.mask, (seen.get(settings.mask) ?? 0) + 1);
    }
  }
  for (const mask of ["none", "causal", "window", "prefix"]) assert.ok(seen.get(mask) > 15, mask);
  assert.ok(
    golden.some(({ cases }) =>
      cases.some(({ weights }) => weights.some((row) => row.every((x) => x === 0))),
    ),
  );
});

test("which queries may attend to which keys", () => {
  const pattern = (settings) =>
    [0, 1, 2, 3]
      .map((row) =>
        [0, 1, 2, 3]
          .map((column) => Number(mayAttend(row, column, 4, { ...SETTINGS, ...settings })))
          .join(""),
      )
      .join(" ");
  assert.equal(pattern({ mask: "none" }), "1111 1111 1111 1111");
  assert.equal(pattern({ mask: "causal" }), "1000 1100 1110 1111");
  assert.equal(pattern({ mask: "window" }), "1000 1100 0110 0011");
  assert.equal(pattern({ mask: "prefix" }), "1100 1100 1110 1111");
  assert.equal(pattern({ mask: "window", window: 1, padding: 1 }), "1000 0100 0010 0000");
  assert.equal(pattern({ mask: "none", padding: 4 }), "0000 0000 0000 0000");
});

test("weights sum to 1 for scores of any size, and are 0 if everything is masked", () => {
  const all = [true, true, true];
  for (const scores of [
    [0, 1, 2],
    [1e6, 0, -1e6],
    [-1e6, -1e6, -1e6],
  ]) {
    assert.ok(Math.abs(softmax(scores, all).reduce((a, b) => a + b) - 1) < 1e-12, String(scores));
  }
  assert.deepEqual(softmax([1e6, 1e6, 5], [true, true, false]), [0.5, 0.5, 0]);
  assert.deepEqual(softmax([3, 1, 2], [false, false, false]), [0, 0, 0]);
});

test("scores are divided by the root of d and by the temperature", () => {
  assert.equal(divisorOf({ ...SETTINGS, temperature: 0.5 }, 16), 2);
  assert.equal(divisorOf({ ...SETTINGS, temperature: 0.5, scaled: false }, 16), 0.5);
  const { products, scores } = attend([[1, 2, 2, 0]], [[3, 0, 1, 9]], [[1]], {
    ...SETTINGS,
    temperature: 2,
  });
  assert.deepEqual([products, scores], [[[5]], [[1.25]]]);
});
