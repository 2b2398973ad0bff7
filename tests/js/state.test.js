import assert from "node:assert/strict";
import { test } from "node:test";
import { boundedBy, urlTraits } from "../../cs336_core/ui/state.js";

const SCHEMA = {
  n: { type: "integer", default: 2, min: 1, max: 9, url: true },
  heat: { type: "number", default: 1, min: 0.5, url: true },
  mask: { type: "choice", default: "causal", choices: ["none", "causal"], url: true },
  scaled: { type: "boolean", default: true },
  tokens: { type: "list" },
};

test("numbers are clamped to their bounds, and whole ones rounded", () => {
  const numbers = (n, heat) => Object.values(boundedBy(SCHEMA, { n, heat }));
  assert.deepEqual(numbers(0, 0.1), [1, 0.5]);
  assert.deepEqual(numbers(99, 1e9), [9, 1e9]);
  assert.deepEqual(numbers(3.6, 0.75), [4, 0.75]);
});

test("an unknown choice becomes the default", () => {
  assert.equal(boundedBy(SCHEMA, { mask: "none" }).mask, "none");
  for (const odd of ["diagonal", "", "toString", "__proto__"])
    assert.equal(boundedBy(SCHEMA, { mask: odd }).mask, "causal");
});

test("what has no bounds, or is not in the schema, stays as it is", () => {
  const state = { scaled: false, tokens: ["a"], more: 1e6 };
  assert.deepEqual(boundedBy(SCHEMA, state), state);
});

test("a schema names what belongs into the URL, in its order", () => {
  assert.deepEqual(urlTraits(SCHEMA), ["n", "heat", "mask"]);
});
