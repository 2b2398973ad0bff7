// The index of a trace (calls, variables, renderings), navigation and search.

import assert from "node:assert/strict";
import { test } from "node:test";
import { search } from "../../cs336_core/viewer/source/search.js";
import { keptCalls } from "../../cs336_core/viewer/trace/kept_calls.js";
import {
  changesOf,
  nearestChange,
  nextStepAtLine,
  stepBackOver,
  stepOut,
  stepOver,
} from "../../cs336_core/viewer/trace/navigation.js";
import {
  buildIndex,
  callsAt,
  lastUpTo,
  otherVariables,
  sameAt,
  variablesOf,
} from "../../cs336_core/viewer/trace/trace_index.js";
import { NO_DETAILS, traceOf } from "./traces.js";

const SOURCE = `def main():
    x = double(2)
    for n in count(2): print(n)
def double(n):
    return 2 * n
def count(end):
    for i in range(end):
        yield i
`;

const CALLS = traceOf(SOURCE, [
  [["main:1"]],
  [["main:2"]],
  [["main:2", "double:4"], { n: 2 }],
  [["main:2", "double:5"]],
  [["main:2", "double:4"], { n: 3 }],
  [["main:2", "double:5"]],
  [["main:2"], { x: 4 }],
  [["main:3"], { x: 5 }],
]);

test("each step belongs to a call, and a function that begins again is a new call", () => {
  const index = buildIndex(/** @type {any} */ (CALLS));
  assert.deepEqual(
    index.calls.map((call) => [call.function, call.spans]),
    [
      ["main", [[0, 7]]],
      ["double", [[2, 3]]],
      ["double", [[4, 5]]],
    ],
  );
  assert.deepEqual(
    callsAt(index, 3).map((call) => call.function),
    ["double", "main"],
  );
  assert.equal(index.deepest, 2);
});

test("a call that defines a function stays the same call", () => {
  const source =
    "x = 1\n@cache\ndef f(a):\n    def inner():\n        return a\n    return inner\nf(1)\nf(2)\n";
  const steps = traceOf(SOURCE, [
    [["<module>:1"], { x: 1 }],
    [["<module>:2"]],
    [["<module>:7"]],
    [["<module>:7", "f:2"], { a: 1 }],
    [["<module>:7", "f:4"]],
    [["<module>:7", "f:6"], { inner: "f" }],
    [["<module>:7", "f:2"], { a: 2 }],
    [["<module>:7", "f:4"]],
    [["<module>:8"]],
  ]);
  const index = buildIndex(/** @type {any} */ ({ ...steps, files: new Map([["a.py", source]]) }));
  assert.deepEqual(
    index.calls.map((call) => [call.function, call.spans]),
    [
      ["<module>", [[0, 8]]],
      ["f", [[3, 5]]],
      ["f", [[6, 7]]],
    ],
  );
  const names = (/** @type {number} */ step) =>
    variablesOf(/** @type {any} */ (index.callAt[step]), step).map(({ name, value }) => [
      name,
      value,
    ]);
  assert.deepEqual(names(4), [["a", 1]]);
  assert.deepEqual(names(8), [["x", 1]]);
});

test("a one-line function continues after the call it made", () => {
  const source = "@trace\ndef f(a): return g(a)\ndef g(a):\n    return a\nf(1), f(2)\n";
  const once = /** @type {[string[], any?][]} */ ([
    [["<module>:5", "f:2"], { a: 1 }],
    [["<module>:5", "f:2", "g:3"]],
    [["<module>:5", "f:2", "g:4"]],
    [["<module>:5", "f:2"]],
  ]);
  const index = buildIndex(
    /** @type {any} */ ({
      ...traceOf(SOURCE, [
        [["<module>:1"]],
        [["<module>:1", "trace:3"]],
        [["<module>:1"]],
        [["<module>:5"]],
        ...once,
        ...once,
      ]),
      files: new Map([["a.py", source]]),
    }),
  );
  assert.deepEqual(
    index.calls
      .filter((call) => call.function !== "trace")
      .map((call) => [call.function, call.spans]),
    [
      ["<module>", [[0, 11]]],
      ["f", [[4, 7]]],
      ["g", [[5, 6]]],
      ["f", [[8, 11]]],
      ["g", [[9, 10]]],
    ],
  );
});

/**
 * A trace whose steps say which call they belong to.
 * @param {[call: number, caller: number | null, names: string[], env?: Record<string, unknown>,
 *   details?: object][]} steps
 */
function recordedTrace(steps) {
  const plain = traceOf(
    SOURCE,
    steps.map(([, , names, env]) => [names, env]),
  );
  const recorded = plain.steps.map((step, i) => {
    const [call, caller, , , details] = /** @type {any} */ (steps[i]);
    return { ...step, call, caller, ...details };
  });
  return /** @type {any} */ ({ ...plain, steps: recorded });
}

test("interleaved generators keep their own variables", () => {
  const stack = ["main:3", "count:8"];
  const index = buildIndex(
    recordedTrace([
      [0, null, ["main:3"]],
      [1, 0, stack, { i: "a" }],
      [2, 0, stack, { i: "b" }],
      [1, 0, stack],
      [2, 0, stack, { i: "c" }],
      [0, null, ["main:3"]],
    ]),
  );
  const at = (/** @type {number} */ step) =>
    callsAt(index, step).map((call) => [
      call.number,
      variablesOf(call, step).map(({ value }) => value),
    ]);
  assert.deepEqual(at(3), [
    [1, ["a"]],
    [0, []],
  ]);
  assert.deepEqual(at(4), [
    [2, ["c"]],
    [0, []],
  ]);
  assert.deepEqual(
    index.calls.map(({ spans }) => spans),
    [
      [[0, 5]],
      [
        [1, 1],
        [3, 3],
      ],
      [
        [2, 2],
        [4, 4],
      ],
    ],
  );
});

test("a generator that another function resumes is in progress within that function", () => {
  const index = buildIndex(
    recordedTrace([
      [0, null, ["main:2"]],
      [1, 0, ["main:2", "count:8"]],
      [2, 0, ["main:2", "double:5"]],
      [1, 2, ["main:2", "double:5", "count:8"]],
    ]),
  );
  const numbers = (/** @type {number} */ step) => callsAt(index, step).map(({ number }) => number);
  assert.deepEqual([1, 3].map(numbers), [
    [1, 0],
    [1, 2, 0],
  ]);
});

test("a call that names itself as its caller is the outermost", () => {
  const index = buildIndex(recordedTrace([0, 1, 2].map(() => [0, 0, ["main:2"]])));
  assert.deepEqual(
    callsAt(index, 2).map(({ number }) => number),
    [0],
  );
});

test("a change in another call belongs to that call, at the step that made it", () => {
  const outer = new Map([
    [
      0,
      new Map(
        /** @type {[string, any][]} */ ([
          ["total", 2],
          ["gone", undefined],
        ]),
      ),
    ],
    [7, new Map([["x", 1]])],
  ]);
  const index = buildIndex(
    recordedTrace([
      [0, null, ["main:2"], { total: 1, gone: 1 }],
      [1, 0, ["main:2", "double:5"], {}, { outer }],
      [0, null, ["main:2"]],
    ]),
  );
  const [main] = index.calls;
  assert.deepEqual(
    variablesOf(/** @type {any} */ (main), 1).map(({ name, value, changed, before }) => [
      name,
      value,
      changed,
      before,
    ]),
    [["total", 2, true, 1]],
  );
  assert.equal(nearestChange(index, 2, -1, null), 1);
});

test("names of one object hold until they change", () => {
  const index = buildIndex(
    recordedTrace([
      [0, null, ["main:1"]],
      [0, null, ["main:2"], {}, { same: [["0:a", "0:b"]] }],
      [0, null, ["main:3"]],
      [0, null, ["main:1"], {}, { same: [] }],
    ]),
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((step) => sameAt(index, step)),
    [[], [["0:a", "0:b"]], [["0:a", "0:b"]], []],
  );
});

test("a generator resumes with its variables", () => {
  const index = buildIndex(
    /** @type {any} */ (
      traceOf(SOURCE, [
        [["main:3"]],
        [["main:3", "count:6"], { end: 2 }],
        [["main:3", "count:8"], { i: 0 }],
        [["main:3"], { n: 0 }],
        [["main:3", "count:7"]],
        [["main:3", "count:8"], { i: 1 }],
      ])
    ),
  );
  assert.deepEqual(
    index.calls.map((call) => call.spans),
    [
      [[0, 5]],
      [
        [1, 2],
        [4, 5],
      ],
    ],
  );
  const at = (/** @type {number} */ step) =>
    variablesOf(/** @type {any} */ (index.callAt[step]), step).map(
      ({ name, value, changed, before }) => [name, value, changed, before],
    );
  assert.deepEqual(at(4), [
    ["end", 2, false, undefined],
    ["i", 0, false, undefined],
  ]);
  assert.deepEqual(at(5), [
    ["end", 2, false, undefined],
    ["i", 1, true, 0],
  ]);
});

test("variables belong to a call, have their value at the step, and disappear when cleared", () => {
  const index = buildIndex(/** @type {any} */ (CALLS));
  assert.deepEqual(
    variablesOf(/** @type {any} */ (index.callAt[3]), 3).map(({ value }) => value),
    [2],
  );
  assert.deepEqual(
    otherVariables(index, 7).returned.map(({ name, value }) => [name, value]),
    [
      ["n", 3],
      ["n", 2],
    ],
  );
  assert.deepEqual(otherVariables(index, 3).returned, []);
  const cleared = buildIndex(
    /** @type {any} */ (
      traceOf(SOURCE, [
        [["main:1"], { x: 1 }],
        [["main:2", "double:4"], { x: undefined, y: 2 }],
      ])
    ),
  );
  assert.deepEqual(
    variablesOf(/** @type {any} */ (cleared.calls[0]), 0).map(({ value }) => value),
    [1],
  );
  assert.deepEqual(variablesOf(/** @type {any} */ (cleared.calls[0]), 1), []);
});

test("navigation steps over and out of calls, and stops at both ends", () => {
  const index = buildIndex(/** @type {any} */ (CALLS));
  assert.deepEqual(
    [0, 1, 2, 7].map((step) => stepOver(index, step)),
    [1, 6, 3, 7],
  );
  assert.deepEqual(
    [0, 6, 3].map((step) => stepBackOver(index, step)),
    [0, 1, 2],
  );
  assert.deepEqual(
    [2, 5, 7].map((step) => stepOut(index, step)),
    [6, 6, 7],
  );
  assert.deepEqual(
    [0, 2, 4, 7].map((step) => nextStepAtLine(index, step, "a.py", 4)),
    [2, 4, 2, 2],
  );
  assert.equal(nextStepAtLine(index, 0, "a.py", 99), -1);
  assert.equal(nextStepAtLine(index, 0, "b.py", 1), -1);
});

test("changes of one or any variable are found forward and backward", () => {
  const index = buildIndex(/** @type {any} */ (CALLS));
  const n = { function: "double", name: "n" };
  assert.deepEqual(changesOf(index, n), [2, 4]);
  assert.deepEqual(
    [0, 2, 4].map((step) => nearestChange(index, step, 1, n)),
    [2, 4, -1],
  );
  assert.deepEqual(
    [7, 4, 2].map((step) => nearestChange(index, step, -1, n)),
    [4, 2, -1],
  );
  assert.deepEqual(
    [0, 4, 7].map((step) => nearestChange(index, step, 1, null)),
    [2, 6, -1],
  );
  assert.deepEqual(
    [7, 2].map((step) => nearestChange(index, step, -1, null)),
    [6, -1],
  );
});

test("the last number up to a limit", () => {
  assert.deepEqual(
    [-1, 0, 1, 2, 3, 4, 9].map((step) => lastUpTo([0, 2, 4], step)),
    [-1, 0, 0, 1, 1, 2, 2],
  );
  assert.equal(lastUpTo([], 3), -1);
});

test("a thousand nested calls are indexed", () => {
  const deep = Array.from(
    { length: 1000 },
    (_, i) => /** @type {[string[]]} */ ([Array.from({ length: i + 1 }, () => "double:5")]),
  );
  const index = buildIndex(
    /** @type {any} */ (traceOf(SOURCE, [...deep, [["main:1"]], ...deep.slice(-2)])),
  );
  assert.equal(index.deepest, 1000);
  assert.equal(callsAt(index, 999).length, 1000);
});

test("stacks that share nothing end the index early, and the other steps count as omitted", () => {
  /** @param {string} name */
  const deep = (name) => {
    let stack = /** @type {any} */ (null);
    for (let depth = 1; depth <= 3000; depth++)
      stack = { caller: stack, frame: { path: "a.py", line: depth, function: name }, depth };
    return { ...NO_DETAILS, stack, env: new Map() };
  };
  const [a, b] = [deep("a"), deep("b")];
  const steps = Array.from({ length: 20_000 }, (_, i) => (i % 2 ? a : b));
  const index = buildIndex(
    /** @type {any} */ ({
      files: new Map(),
      hidden: new Map(),
      links: new Map(),
      steps,
      omitted: 5,
      ending: "finished",
    }),
  );
  assert.ok(index.trace.steps.length > 50);
  assert.equal(index.trace.omitted, 20_005 - index.trace.steps.length);
  assert.equal(index.callAt.length, index.trace.steps.length);
  assert.ok(
    index.calls.every(({ spans }) => spans.every(([, last]) => last < index.callAt.length)),
  );
});

test("search finds lines of the file in view first, and no hidden lines", () => {
  const trace = /** @type {any} */ ({
    files: new Map([
      ["b.py", "Double\n"],
      ["a.py", SOURCE],
    ]),
    hidden: CALLS.hidden,
  });
  assert.deepEqual(search(trace, "DOUBLE", "a.py"), [
    { path: "a.py", line: 2 },
    { path: "a.py", line: 4 },
    { path: "b.py", line: 1 },
  ]);
  assert.deepEqual(search(trace, "return 2", "a.py"), []);
  assert.deepEqual(search(trace, " ", "a.py"), []);
  assert.deepEqual(search(trace, ":7", "a.py"), [{ path: "a.py", line: 7 }]);
});

test("renderings at the same line of two files do not collide", () => {
  const stackAt = (/** @type {string} */ path) => ({
    caller: null,
    frame: { path, line: 3, function: "f" },
    depth: 1,
  });
  const [a, b] = [stackAt("a.py"), stackAt("b.py")];
  const step = (/** @type {any} */ stack, /** @type {string} */ text) => ({
    ...NO_DETAILS,
    stack,
    env: new Map(),
    renderings: [{ type: "markdown", data: text }],
  });
  const index = buildIndex(
    /** @type {any} */ ({
      files: new Map(),
      hidden: new Map(),
      links: new Map(),
      steps: [step(a, "1"), step(b, "2"), step(a, "3")],
    }),
  );
  const shown = (/** @type {string} */ path) => index.renderings.get(path)?.get(3);
  assert.deepEqual(
    shown("a.py")?.values.map(([rendering]) => rendering?.data),
    ["1", "3"],
  );
  assert.deepEqual(shown("a.py")?.steps, [0, 2]);
  assert.deepEqual(
    shown("b.py")?.values.map(([rendering]) => rendering?.data),
    ["2"],
  );
});

test("calls in progress are kept rather than those that have returned, and only so many", () => {
  const calls = Array.from({ length: 20 }, (_, number) => /** @type {any} */ ({ number }));
  const [main, ...others] = calls;
  let kept = keptCalls([], [main]);
  assert.deepEqual(kept, [main]);
  for (const call of others) kept = keptCalls(keptCalls(kept, [call, main]), [main]);
  assert.equal(kept.length, 12);
  assert.equal(kept.at(-1), main);
  assert.deepEqual(kept.slice(0, 2), calls.slice(9, 11));
  assert.deepEqual(keptCalls(kept, [calls[10], main]).slice(-2), [main, calls[10]]);
});
