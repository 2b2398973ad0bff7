// What a trace tells, made ready once so that any step can be shown at once: which call each step
// belongs to, how each variable changed, what each line showed.

import { findCalls } from "./calls.js";

/** @typedef {import("./calls.js").Call} Call */
/** @typedef {import("./types.js").Trace} Trace */
/** @typedef {import("./types.js").Value} Value */
/** @typedef {import("./types.js").Rendering} Rendering */

/**
 * How something changed: at `steps[i]` it became `values[i]`.
 * @template T
 * @typedef {{ steps: number[], values: T[] }} Changes
 */

/** @typedef {Changes<Value | undefined>} History undefined: no longer shown */

/**
 * @typedef {{ trace: Trace, calls: Call[], begins: number[], callAt: Call[], depths: Int32Array, deepest: number,
 *   shown: Map<string, Map<number, Changes<Rendering[]>>>,
 *   stepsAt: Map<string, Map<number, number[]>> }} Story
 *   `begins`: the first step of each call; `shown`: path -> line -> what it showed; `stepsAt`: path -> line -> its steps
 */

/**
 * @param {Trace} whole
 * @returns {Story}
 */
export function tellStory(whole) {
  const { calls, callAt } = findCalls(whole);
  const left = whole.steps.length - callAt.length;
  const trace = left
    ? { ...whole, steps: whole.steps.slice(0, callAt.length), left: whole.left + left }
    : whole;
  const depths = new Int32Array(trace.steps.length);
  let deepest = 1;
  /** @type {Story["shown"]} */
  const shown = new Map();
  /** @type {Story["stepsAt"]} */
  const stepsAt = new Map();
  trace.steps.forEach((step, i) => {
    const { depth, frame } = step.place;
    depths[i] = depth;
    deepest = Math.max(deepest, depth);
    entry(
      entry(stepsAt, frame.path, () => new Map()),
      frame.line,
      () => [],
    ).push(i);
    if (step.renderings.length) {
      const lines = entry(shown, frame.path, () => new Map());
      note(
        entry(lines, frame.line, () => ({ steps: [], values: [] })),
        i,
        step.renderings,
      );
    }
    const call = /** @type {Call} */ (callAt[i]);
    for (const [name, value] of step.env) {
      const holder = value === undefined ? (holding(call, name) ?? call) : call;
      note(
        entry(holder.variables, name, () => ({ steps: [], values: [] })),
        i,
        value,
      );
    }
  });
  const begins = calls.map(({ spans }) => spans[0]?.[0] ?? 0);
  return { trace, calls, begins, callAt, depths, deepest, shown, stepsAt };
}

/** Callers among which the one is found that shows a variable. */
const CALLERS = 1_000;

/**
 * The call that shows a variable: this one, or the nearest that called it.
 * @param {Call} call
 * @param {string} name
 */
function holding(call, name) {
  let at = /** @type {Call | null} */ (call);
  for (let i = 0; at && i < CALLERS; i++, at = at.caller) {
    if (at.variables.get(name)?.values.at(-1) !== undefined) return at;
  }
  return undefined;
}

/**
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 * @param {() => V} make
 */
function entry(map, key, make) {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/**
 * @template T
 * @param {Changes<T>} changes
 * @param {number} step
 * @param {T} value
 */
function note(changes, step, value) {
  changes.steps.push(step);
  changes.values.push(value);
}

/**
 * The number of the last change at or before a step; -1 where there is none.
 * @param {number[]} steps in ascending order
 * @param {number} step
 */
export function lastAt(steps, step) {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (steps[middle]) <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * A variable as it is at a step. `before` is what it was until this step changed it.
 * @typedef {{ name: string, call: Call, value: Value, changed: boolean,
 *   before: Value | undefined }} Variable
 */

/**
 * @param {Call} call
 * @param {number} step
 * @returns {Variable[]} in the order in which they came
 */
export function variablesOf(call, step) {
  /** @type {Variable[]} */
  const found = [];
  for (const [name, { steps, values }] of call.variables) {
    const i = lastAt(steps, step);
    const value = i < 0 ? undefined : values[i];
    if (value === undefined) continue;
    const changed = steps[i] === step;
    found.push({ name, call, value, changed, before: changed ? values[i - 1] : undefined });
  }
  return found;
}

/**
 * The calls at work at a step, the innermost first.
 * @param {Story} story
 * @param {number} step
 */
export function callsAt(story, step) {
  /** @type {Call[]} */
  const stack = [];
  for (let call = story.callAt[step] ?? null; call; call = call.caller) stack.push(call);
  return stack;
}

/** How many variables of calls that are over are kept in view, and how many calls are asked. */
const KEPT = 24;
const ASKED = 200;

/**
 * Variables of calls that are over, the latest first: a program may have shown them for good.
 * @param {Story} story
 * @param {number} step
 */
export function leftBehind(story, step) {
  const atWork = new Set(callsAt(story, step));
  const begun = lastAt(story.begins, step);
  /** @type {Variable[]} */
  const found = [];
  for (let i = begun; i >= Math.max(0, begun - ASKED) && found.length < KEPT; i--) {
    const call = /** @type {Call} */ (story.calls[i]);
    if (!atWork.has(call)) found.push(...variablesOf(call, step));
  }
  return found.slice(0, KEPT);
}
