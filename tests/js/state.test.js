import assert from "node:assert/strict";
import { test } from "node:test";
import { boundedBy, checkedState, urlTraits } from "../../cs336_core/ui/state.js";

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

test("of a state from outside, the traits of the schema remain, within their bounds", () => {
  const given = { n: 99, mask: "diagonal", tokens: ["a"], more: 1, toString: 2 };
  const state = { n: 9, heat: 1, mask: "causal", scaled: true, tokens: ["a"] };
  assert.deepEqual(checkedState(SCHEMA, given, 10), state);
  assert.deepEqual(checkedState(SCHEMA, JSON.parse('{"__proto__": {"n": 5}}'), 10).n, 2);
});

test("a state from outside with a value of another type is refused", () => {
  const wrong = [
    { n: "2" },
    { n: 1.5 },
    { heat: Number.NaN },
    { mask: 1 },
    { scaled: null },
    { tokens: { length: 1 } },
    { tokens: "a" },
  ];
  for (const given of wrong) assert.throws(() => checkedState(SCHEMA, given, 10), TypeError);
  for (const given of [null, [], "n", 1]) assert.throws(() => checkedState(SCHEMA, given, 10));
});

test("a text or a list from outside is no longer than its trait or the caller allows", () => {
  const schema = { short: { type: "string" }, long: { type: "string", most_bytes: 20 } };
  assert.deepEqual(checkedState(schema, { short: "a", long: "b".repeat(20) }, 10), {
    short: "a",
    long: "b".repeat(20),
  });
  assert.throws(() => checkedState(schema, { short: "a".repeat(11) }, 10), /too long/);
  assert.throws(() => checkedState(schema, { long: "a".repeat(21) }, 10), /too long/);
  assert.throws(() => checkedState(SCHEMA, { tokens: Array(11).fill("a") }, 10), /too long/);
  const few = { tokens: { type: "list", most_items: 2 } };
  assert.throws(() => checkedState(few, { tokens: ["a", "b", "c"] }, 10), /too long/);
});
