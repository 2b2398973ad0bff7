// Indexes a trace once, so that any step can be shown immediately: the call of each step, the
// history of each variable, the renderings of each line.

import { findCalls } from "./calls.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./call.js").Chain} Chain */
/** @typedef {import("./types.js").Trace} Trace */
/** @typedef {import("./types.js").Value} Value */
/** @typedef {import("./types.js").Rendering} Rendering */

/**
 * A history: at `steps[i]` it became `values[i]`.
 * @template T
 * @typedef {{ steps: number[], values: T[] }} Changes
 */

/** @typedef {Changes<Value | undefined>} History undefined: no longer shown */

/**
 * @typedef {{ trace: Trace, calls: Call[], byNumber: Map<number, Call>, firstSteps: number[], callAt: Call[], chains: Chain[],
 *   depths: Int32Array, deepest: number, same: Changes<string[][]>,
 *   renderings: Map<string, Map<number, Changes<Rendering[]>>>,
 *   stepsAt: Map<string, Map<number, number[]>> }} TraceIndex
 *   `firstSteps`: the first step of each call; `callAt`, `chains`: the call of each step, and all
 *   that are in progress; `same`: names of one object; `renderings`: path -> line -> what it
 *   displayed; `stepsAt`: path -> line -> its steps
 */

/**
 * @param {Trace} whole
 * @returns {TraceIndex}
 */
export function buildIndex(whole) {
  const { calls, chains } = findCalls(whole);
  const dropped = whole.steps.length - chains.length;
  const trace = dropped
    ? { ...whole, steps: whole.steps.slice(0, chains.length), omitted: whole.omitted + dropped }
    : whole;
  const callAt = chains.map(({ call }) => call);
  const byNumber = new Map(calls.map((call) => [call.number, call]));
  const depths = new Int32Array(trace.steps.length);
  let deepest = 1;
  /** @type {TraceIndex["renderings"]} */
  const renderings = new Map();
  /** @type {TraceIndex["stepsAt"]} */
  const stepsAt = new Map();
  /** @type {TraceIndex["same"]} */
  const same = { steps: [], values: [] };
  trace.steps.forEach((step, i) => {
    const { depth, frame } = step.stack;
    depths[i] = depth;
    deepest = Math.max(deepest, depth);
    getOrCreate(
      getOrCreate(stepsAt, frame.path, () => new Map()),
      frame.line,
      () => [],
    ).push(i);
    if (step.renderings.length) {
      const lines = getOrCreate(renderings, frame.path, () => new Map());
      append(
        getOrCreate(lines, frame.line, () => ({ steps: [], values: [] })),
        i,
        step.renderings,
      );
    }
    const call = /** @type {Call} */ (callAt[i]);
    for (const [name, value] of step.env) {
      const owner = value === undefined ? (callShowing(call, name) ?? call) : call;
      append(historyOf(owner, name), i, value);
    }
    for (const [number, changes] of step.outer) {
      const owner = byNumber.get(number);
      if (owner) for (const [name, value] of changes) append(historyOf(owner, name), i, value);
    }
    if (step.same) append(same, i, step.same);
  });
  const firstSteps = calls.map(({ spans }) => spans[0]?.[0] ?? 0);
  return {
    trace,
    calls,
    byNumber,
    firstSteps,
    callAt,
    chains,
    depths,
    deepest,
    same,
    renderings,
    stepsAt,
  };
}

/**
 * The groups of names that refer to one object at a step: a name is the number of a call, a colon,
 * and a variable or one of its elements, as in "0:rows" and "2:table[0]".
 * @param {TraceIndex} index
 * @param {number} step
 * @returns {string[][]}
 */
export function sameAt({ same }, step) {
  return same.values[lastUpTo(same.steps, step)] ?? [];
}

/** @param {Call} call @param {string} name @returns {History} */
function historyOf(call, name) {
  return getOrCreate(call.variables, name, () => ({ steps: [], values: [] }));
}

/** Callers that are searched for the one that shows a variable. */
const MAX_CALLERS = 1_000;

/**
 * The call that shows a variable: this one, or else its nearest caller that does.
 * @param {Call} innermost
 * @param {string} name
 */
function callShowing(innermost, name) {
  let call = /** @type {Call | null} */ (innermost);
  for (let i = 0; call && i < MAX_CALLERS; i++, call = call.caller) {
    if (call.variables.get(name)?.values.at(-1) !== undefined) return call;
  }
  return undefined;
}

/**
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 * @param {() => V} create
 */
export function getOrCreate(map, key, create) {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}

/**
 * @template T
 * @param {Changes<T>} changes
 * @param {number} step
 * @param {T} value
 */
function append(changes, step, value) {
  changes.steps.push(step);
  changes.values.push(value);
}

/**
 * The position of the last number that is at most `limit`, or -1 if all are larger.
 * @param {number[]} numbers in ascending order
 * @param {number} limit
 */
export function lastUpTo(numbers, limit) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (numbers[middle]) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * A variable at a step. `before`: its previous value, if this step changed it.
 * @typedef {{ name: string, call: Call, value: Value, changed: boolean,
 *   before: Value | undefined }} Variable
 */

/**
 * @param {Call} call
 * @param {number} step
 * @returns {Variable[]} in order of their first appearance
 */
export function variablesOf(call, step) {
  /** @type {Variable[]} */
  const variables = [];
  for (const [name, { steps, values }] of call.variables) {
    const i = lastUpTo(steps, step);
    const value = i < 0 ? undefined : values[i];
    if (value === undefined) continue;
    const changed = steps[i] === step;
    variables.push({ name, call, value, changed, before: changed ? values[i - 1] : undefined });
  }
  return variables;
}

/**
 * The calls in progress at a step, innermost first.
 * @param {TraceIndex} index
 * @param {number} step
 */
export function callsAt(index, step) {
  /** @type {Call[]} */
  const calls = [];
  for (let chain = index.chains[step] ?? null; chain; chain = chain.outer) calls.push(chain.call);
  return calls;
}

/** Limits on variables of calls that are not in progress, and on the calls searched for them. */
const MAX_RETURNED_VARIABLES = 24;
const MAX_SEARCHED_CALLS = 200;

/**
 * The variables of calls that are not in progress, latest first: of generators that will go on, and of
 * calls that have returned, which the program never cleared.
 * @param {TraceIndex} index
 * @param {number} step
 */
export function otherVariables(index, step) {
  const inProgress = new Set(callsAt(index, step));
  const latest = lastUpTo(index.firstSteps, step);
  /** @type {{ call: Call, variables: Variable[] }[]} */
  const suspended = [];
  /** @type {Variable[]} */
  const returned = [];
  for (let i = latest; i >= Math.max(0, latest - MAX_SEARCHED_CALLS); i--) {
    const call = /** @type {Call} */ (index.calls[i]);
    if (inProgress.has(call)) continue;
    const isSuspended = (call.spans.at(-1)?.[0] ?? 0) > step;
    if (isSuspended) suspended.push({ call, variables: variablesOf(call, step) });
    else if (returned.length < MAX_RETURNED_VARIABLES) returned.push(...variablesOf(call, step));
  }
  return { suspended, returned: returned.slice(0, MAX_RETURNED_VARIABLES) };
}
