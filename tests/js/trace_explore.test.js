// Search over time, and the comparison of two runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeEvent } from "../../cs336_core/viewer/events.js";
import { align } from "../../cs336_core/viewer/explore/align.js";
import {
  besideStep,
  compare,
  differenceAt,
  sideBySide,
} from "../../cs336_core/viewer/explore/compare.js";
import { stepsPrinting, stepsWhere } from "../../cs336_core/viewer/explore/find_steps.js";
import { Scope } from "../../cs336_core/viewer/explore/scope.js";
import { watched } from "../../cs336_core/viewer/explore/watch.js";
import { nearest } from "../../cs336_core/viewer/trace/navigation.js";
import { sharedAt } from "../../cs336_core/viewer/trace/same_objects.js";
import { buildIndex, otherVariables } from "../../cs336_core/viewer/trace/trace_index.js";
import { traceOf } from "./traces.js";
import "../../cs336_core/viewer/strings.en.js";

const SOURCE = `def main():
    for i in range(3):
        loss = half(i)
    print(loss)
def half(x):
    return x / 2
`;

/** @param {string} source @param {[string[], any?, object?][]} steps */
const indexOf = (source, steps) => buildIndex(/** @type {any} */ (traceOf(source, steps)));

/** @param {number[]} losses @param {string} [printed] */
function runOf(losses, printed = "done\n") {
  return indexOf(SOURCE, [
    [["main:1"]],
    ...losses.flatMap(
      (loss, i) =>
        /** @type {[string[], any?][]} */ ([
          [["main:2"], { i }],
          [["main:3"]],
          [["main:3", "half:6"], { x: i }],
          [["main:3"], { loss }],
        ]),
    ),
    [["main:4"], {}, { stdout: printed.slice(0, 2) }],
    [["main:4"], {}, { stdout: printed.slice(2) }],
  ]);
}
const RUN = runOf([0, 0.5, 1.5]);

test("a condition is found where it begins to hold, or holds of new values", () => {
  assert.deepEqual(stepsWhere(RUN, "i >= 1"), { steps: [5, 9], problem: "" });
  assert.deepEqual(stepsWhere(RUN, "loss > 0.2 and x is not None").steps, [11]);
  assert.deepEqual(stepsWhere(RUN, "loss > 0.2").steps, [8, 12]);
  assert.deepEqual(stepsWhere(RUN, "loss == 1.5").steps, [12]);
  assert.deepEqual(stepsWhere(RUN, "x == 2").steps, [11]);
  assert.deepEqual(stepsWhere(RUN, "i == 0 or loss > 1").steps, [1, 4, 12]);
});

for (const [condition, expected] of /** @type {[string, RegExp][]} */ ([
  ["loss <", /^Character 7: the end; expected a value/],
  ["los > 1", /^No step has a variable called los\.$/],
  ["i > 9", /^There is no step where this holds\.$/],
  [
    "i.shape == 1",
    /^There is no step where this holds\. At step 1: The trace has no attribute shape/,
  ],
]))
  test(`no step is found for “${condition}”, and the reader learns why`, () => {
    const { steps, problem } = stepsWhere(RUN, condition);
    assert.deepEqual(steps, []);
    assert.match(problem, expected);
  });

test("output is found where it begins to be printed", () => {
  assert.deepEqual(stepsPrinting(RUN, "DONE"), { steps: [13], problem: "" });
  assert.deepEqual(stepsPrinting(RUN, "ne").steps, [14]);
  assert.match(stepsPrinting(RUN, "nothing").problem, /No step prints this/);
  assert.deepEqual(stepsPrinting(RUN, " "), { steps: [], problem: "" });
});

test("the nearest step in a direction", () => {
  assert.deepEqual(
    [3, 5, 9].map((step) => nearest([5, 9], step, 1)),
    [5, 9, -1],
  );
  assert.deepEqual(
    [3, 5, 9, 12].map((step) => nearest([5, 9], step, -1)),
    [-1, -1, 5, 9],
  );
});

test("a watched expression has its value at the step, and whether the step changed it", () => {
  const scope = new Scope(RUN);
  const at = (/** @type {number} */ step) => watched("i + 1", scope, step);
  assert.deepEqual(at(1), { value: 1, before: undefined, changed: true, problem: "" });
  assert.deepEqual(at(3), { value: 1, before: undefined, changed: false, problem: "" }); // in a call
  assert.deepEqual(at(5), { value: 2, before: 1, changed: true, problem: "" });
  assert.match(at(0).problem, /i is not in view/);
  assert.match(watched("i +", scope, 5).problem, /Character 4/);
});

/** The length of the longest common subsequence, by the textbook's table. @param {number[]} a @param {number[]} b */
function commonLength(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i][j] =
        a[i - 1] === b[j - 1]
          ? table[i - 1][j - 1] + 1
          : Math.max(table[i - 1][j], table[i][j - 1]);
  return table[a.length][b.length];
}

test("the alignment of two sequences is their longest common subsequence", () => {
  let state = 1;
  const random = (/** @type {number} */ n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  for (let round = 0; round < 300; round++) {
    const [a, b] = [0, 0].map(() => Array.from({ length: random(25) }, () => random(4)));
    const matched = [...align(a, b)].map((j, i) => [i, j]).filter(([, j]) => j >= 0);
    assert.ok(matched.every(([i, j]) => a[i] === b[j]));
    assert.ok(matched.every(([, j], n) => n === 0 || j > matched[n - 1][1]));
    assert.equal(matched.length, commonLength(a, b));
  }
});

test("sequences that differ in thousands of places are still aligned in order", () => {
  const a = Array.from({ length: 20_000 }, (_, i) => (i % 7 ? i % 13 : i));
  const b = Array.from({ length: 20_000 }, (_, i) => (i % 5 ? i % 11 : -i));
  const matched = [...align(a, b)].filter((j) => j >= 0);
  assert.ok(matched.length > 5_000);
  assert.ok(matched.every((j, n) => n === 0 || j > matched[n - 1]));
});

test("equal runs have no difference", () => {
  const { differences, counterparts } = compare(RUN, runOf([0, 0.5, 1.5]));
  assert.deepEqual(differences, []);
  assert.deepEqual([...counterparts], [...counterparts.keys()]);
});

test("runs differ in values and output", () => {
  const comparison = compare(RUN, runOf([0, 0.75, 1.5], "dune\n"));
  assert.deepEqual(comparison.differences, [
    { step: 8, names: ["loss"], isOutput: false, isEnding: false, extra: null, parts: false },
    { step: 13, names: [], isOutput: true, isEnding: false, extra: null, parts: false },
  ]);
  assert.equal(differenceAt(comparison, 9), undefined);
  assert.deepEqual(sideBySide(comparison, 9), [
    { name: "i", value: 2, other: 2, differs: false },
    { name: "loss", value: 0.5, other: 0.75, differs: true },
  ]);
});

test("runs part where only one of them takes steps", () => {
  const shorter = runOf([0, 0.5]);
  const parted = compare(RUN, shorter);
  assert.deepEqual(
    parted.differences.filter(({ parts, extra }) => parts || extra),
    [{ step: 9, names: [], isOutput: false, isEnding: false, extra: null, parts: true }],
  );
  assert.equal(besideStep(parted, 11), 8);
  assert.deepEqual(
    sideBySide(parted, 9).map(({ other, differs }) => [other, differs]),
    [
      [undefined, false],
      [undefined, false],
    ],
  );
  const [extra] = compare(shorter, RUN).differences;
  assert.deepEqual(extra, {
    step: 9,
    names: [],
    isOutput: false,
    isEnding: false,
    extra: [9, 12],
    parts: false,
  });
});

test("a run that goes on after the other's end", () => {
  const longer = indexOf(SOURCE, [[["main:1"]], [["main:2"]], [["main:4"]]]);
  const shorter = indexOf(SOURCE, [[["main:1"]], [["main:2"]]]);
  assert.deepEqual(compare(shorter, longer).differences.at(-1)?.extra, [2, 2]);
  assert.equal(compare(longer, shorter).differences.at(-1)?.parts, true);
});

test("lines that moved or were edited are still the same lines", () => {
  const source = `# a comment\n${SOURCE.replace("range(3)", "range(9)")}`;
  const edited = indexOf(source, [[["main:2"]], [["main:3"], { i: 0 }], [["main:5"]]]);
  const run = indexOf(SOURCE, [[["main:1"]], [["main:2"], { i: 0 }], [["main:4"]]]);
  assert.deepEqual(compare(run, edited).differences, []);
});

for (const [event, expected] of /** @type {[any, string][]} */ ([
  [null, ""],
  [{ kind: "return", value: null }, "returned None"],
  [{ kind: "yield", value: "a" }, "yielded 'a'"],
  [{ kind: "raise", type: "json.JSONDecodeError", message: "bad" }, "raised JSONDecodeError: bad"],
  [{ kind: "raise", type: "KeyError", message: "" }, "raised KeyError"],
  [
    { kind: "raise", type: "E", message: `${"x".repeat(99)}\nsecond line` },
    `raised E: ${"x".repeat(59)}…`,
  ],
]))
  test(`a statement ${expected || "that ends as usual"}`, () =>
    assert.equal(describeEvent(event), expected));

test("what a function returns, and changes outside, may differ between runs", () => {
  /** @param {number} value @param {number} total */
  const run = (value, total) =>
    indexOf(SOURCE, [
      [["main:3"], {}, { call: 0, caller: null }],
      [
        ["main:3", "half:6"],
        {},
        {
          call: 1,
          caller: 0,
          event: { kind: "return", value },
          outer: new Map([[0, new Map([["total", total]])]]),
        },
      ],
    ]);
  const { differences } = compare(run(1, 5), run(2, 6));
  assert.deepEqual(
    differences.map(({ names, isEnding }) => [names, isEnding]),
    [[["total"], true]],
  );
  assert.deepEqual(compare(run(1, 5), run(1, 5)).differences, []);
  assert.deepEqual(stepsWhere(run(1, 5), "total == 5").steps, [1]);
});

test("names of one object are listed by call and variable, parts after the whole", () => {
  const shared = sharedAt([
    ["0:m[0]", "0:first", "1:row"],
    ["0:m", "0:m2"],
  ]);
  const texts = (/** @type {number} */ call, /** @type {string} */ variable) =>
    (shared.get(call)?.get(variable) ?? []).map(({ group, name, others }) => [
      group,
      name.text,
      others.map((other) => `${other.call}:${other.text}`),
    ]);
  assert.deepEqual(texts(0, "m"), [
    [2, "m", ["0:m2"]],
    [1, "m[0]", ["0:first", "1:row"]],
  ]);
  assert.deepEqual(texts(1, "row"), [[1, "row", ["0:m[0]", "0:first"]]]);
  assert.deepEqual(texts(1, "m"), []);
});

test("a suspended generator is distinguished from a call that has returned", () => {
  const index = indexOf(SOURCE, [
    [["main:3"], {}, { call: 0 }],
    [["main:3", "half:5"], { x: 1 }, { call: 1, caller: 0 }],
    [["main:3", "half:6"], { x: 2 }, { call: 2, caller: 0 }],
    [["main:3"], {}, { call: 0 }],
    [["main:3", "half:6"], {}, { call: 1, caller: 0 }],
  ]);
  const { suspended, returned } = otherVariables(index, 3);
  assert.deepEqual(
    suspended.map(({ call, variables }) => [call.number, variables.map(({ value }) => value)]),
    [[1, [1]]],
  );
  assert.deepEqual(
    returned.map(({ value }) => value),
    [2],
  );
});
