// Compares two traces of one program: which steps match, and where the runs differ.

import { getOrCreate, lastUpTo, variablesOf } from "../trace/trace_index.js";
import { align } from "./align.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("../trace/types.js").CallStack} CallStack */
/** @typedef {import("../trace/types.js").Step} Step */
/** @typedef {import("../trace/types.js").Value} Value */

/**
 * Where two runs differ, at a step of the first: `names`: the variables that both steps set to
 * different values; `isOutput`: they print something different; `isEnding`: they return, yield or raise
 * something different; `extra`: the steps that only the other run takes before this one, if there are
 * any; `parts`: the other run does not take this step, though it took the one before.
 * @typedef {{ step: number, names: string[], isOutput: boolean, isEnding: boolean,
 *   extra: [first: number, last: number] | null, parts: boolean }} Difference
 */

/**
 * `counterparts`: for each step the one of the other run that matches, -1 if none does;
 * `differences`: in the order of the steps.
 * @typedef {{ index: TraceIndex, other: TraceIndex, counterparts: Int32Array,
 *   differences: Difference[], steps: number[] }} Comparison
 *   `steps`: those of the differences
 */

/**
 * @param {TraceIndex} index
 * @param {TraceIndex} other
 * @returns {Comparison}
 */
export function compare(index, other) {
  const counterparts = align(...lineNumbers(index, other));
  /** @type {Difference[]} */
  const differences = [];
  const equal = equality();
  let next = 0; // the step of the other run that would match if nothing differed
  counterparts.forEach((counterpart, step) => {
    const isLast = step === counterparts.length - 1;
    const parts = counterpart < 0 && (step === 0 || counterparts[step - 1] !== -1);
    /** @type {Difference["extra"]} */
    let extra = counterpart > next ? [next, counterpart - 1] : null;
    if (counterpart >= 0) next = counterpart + 1;
    if (isLast && !extra && next < other.callAt.length) extra = [next, other.callAt.length - 1];
    const a = /** @type {Step} */ (index.trace.steps[step]);
    const b = other.trace.steps[counterpart];
    const names = b ? differentNames(changesOf(a), changesOf(b), equal) : [];
    const isOutput = b !== undefined && (a.stdout !== b.stdout || a.stderr !== b.stderr);
    const isEnding = b !== undefined && !equal(a.event, b.event);
    if (parts || extra || names.length || isOutput || isEnding)
      differences.push({ step, names, isOutput, isEnding, extra, parts });
  });
  return { index, other, counterparts, differences, steps: differences.map(({ step }) => step) };
}

/** The variables that a step changes, in its own call and in others. @param {Step} step */
function changesOf({ env, outer }) {
  return outer.size ? new Map([...outer.values(), env].flatMap((changes) => [...changes])) : env;
}

/**
 * The variables that two steps change differently.
 * @param {import("../trace/types.js").Changed} a
 * @param {import("../trace/types.js").Changed} b
 * @param {ReturnType<typeof equality>} equal
 */
function differentNames(a, b, equal) {
  if (!a.size && !b.size) return [];
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => !equal(a.get(name), b.get(name)));
}

/**
 * A number for each step of both runs, equal for steps at the same line of the same function at the
 * same depth.
 * @param {TraceIndex} index
 * @param {TraceIndex} other
 * @returns {[Int32Array, Int32Array]}
 */
function lineNumbers(index, other) {
  const lines = lineMap(index.trace.files, other.trace.files);
  /** @type {Map<string, number>} */
  const numbers = new Map();
  /** @param {TraceIndex} run @param {(frame: import("../trace/types.js").Frame) => unknown} lineOf */
  const numbered = (run, lineOf) => {
    /** @type {Map<CallStack, number>} */
    const known = new Map();
    return Int32Array.from(run.trace.steps, ({ stack }) => {
      const { frame, depth } = stack;
      const key = () => JSON.stringify([lineOf(frame), frame.function, depth]);
      const number = known.get(stack) ?? getOrCreate(numbers, key(), () => numbers.size);
      known.set(stack, number);
      return number;
    });
  };
  return [
    numbered(index, ({ path, line }) => lines.get(path)?.[line - 1] ?? [path, line, "removed"]),
    numbered(other, ({ path, line }) => [path, line]),
  ];
}

/**
 * Path -> for each line the path and number of its counterpart in the other source. Edited lines are
 * the counterparts of those that replace them, if there are as many.
 * @param {Map<string, string>} files
 * @param {Map<string, string>} others
 */
function lineMap(files, others) {
  /** @type {Map<string, ([path: string, line: number] | undefined)[]>} */
  const map = new Map();
  // A file that was renamed corresponds to the only one that is new.
  const removed = [...files.keys()].filter((path) => !others.has(path));
  const added = [...others.keys()].filter((path) => !files.has(path));
  const renamed = removed.length === 1 && added.length === 1 ? added[0] : undefined;
  for (const [path, source] of files) {
    const otherPath = others.has(path) ? path : renamed;
    if (otherPath === undefined) continue;
    const counterparts = lineCounterparts(source, /** @type {string} */ (others.get(otherPath)));
    map.set(
      path,
      [...counterparts].map((line) => (line < 0 ? undefined : [otherPath, line + 1])),
    );
  }
  return map;
}

/** @param {string} source @param {string} other */
function lineCounterparts(source, other) {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  const [a, b] = [source, other].map((text) =>
    text.split("\n").map((line) => getOrCreate(numbers, line.trim(), () => numbers.size)),
  );
  const counterparts = align(a ?? [], b ?? []);
  for (let first = 0; first < counterparts.length; first++) {
    if (counterparts[first] !== -1) continue;
    let end = first;
    while (counterparts[end] === -1) end++;
    const from = (counterparts[first - 1] ?? -1) + 1;
    const to = counterparts[end] ?? b?.length ?? 0;
    for (let i = first; i < end && to - from === end - first; i++)
      counterparts[i] = from + i - first;
    first = end;
  }
  return counterparts;
}

/** Returns a function that compares recorded values; values are shared, so it keeps its answers. */
function equality() {
  /** @type {WeakMap<object, string>} */
  const written = new WeakMap();
  /** @param {unknown} value */
  const write = (value) => {
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const text = written.get(value) ?? JSON.stringify(value);
    written.set(value, text);
    return text;
  };
  return (/** @type {unknown} */ a, /** @type {unknown} */ b) => a === b || write(a) === write(b);
}

/**
 * The step of the other run to show beside a step: its counterpart, or else that of the nearest step
 * before it that has one, or -1.
 * @param {Comparison} comparison
 * @param {number} step
 */
export function besideStep({ counterparts }, step) {
  let i = step;
  while (i >= 0 && counterparts[i] === -1) i--;
  return counterparts[i] ?? -1;
}

/**
 * The difference at a step, if there is one.
 * @param {Comparison} comparison
 * @param {number} step
 */
export function differenceAt({ differences, steps }, step) {
  const difference = differences[lastUpTo(steps, step)];
  return difference?.step === step ? difference : undefined;
}

/**
 * The variables of the current call of both runs, side by side.
 * @param {Comparison} comparison
 * @param {number} step
 * @returns {{ name: string, value: Value | undefined, other: Value | undefined, differs: boolean }[]}
 */
export function sideBySide({ index, other, counterparts }, step) {
  const call = index.callAt[step];
  if (!call) return [];
  const beside = counterparts[step] ?? -1;
  const otherCall = other.callAt[beside];
  const values = new Map(variablesOf(call, step).map(({ name, value }) => [name, value]));
  const others = new Map(
    (otherCall ? variablesOf(otherCall, beside) : []).map(({ name, value }) => [name, value]),
  );
  const equal = equality();
  return [...new Set([...values.keys(), ...others.keys()])].map((name) => {
    const [value, second] = [values.get(name), others.get(name)];
    return { name, value, other: second, differs: beside >= 0 && !equal(value, second) };
  });
}
