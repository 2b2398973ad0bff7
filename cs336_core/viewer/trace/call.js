// The calls of a program, and which of them are in progress at a step.

/**
 * One call of a function, or all statements of a module. A generator is one call, even though it
 * runs in several spans of steps. `number`: as the trace counts calls; `caller`: where it began;
 * `begins`: the line of its first step; `spans`: the steps at which it is in progress.
 * @typedef {{ number: number, caller: Call | null, path: string, function: string, begins: number,
 *   depth: number, spans: [first: number, last: number][],
 *   variables: Map<string, import("./trace_index.js").History> }} Call
 */

/**
 * The calls in progress at a step: the innermost one, and those that have led to it.
 * @typedef {{ call: Call, outer: Chain | null, depth: number, inner: Map<Call, Chain> }} Chain
 */

/** Limit on the frames entered in all steps: a file of stacks that share nothing has billions. */
export const MAX_FRAMES = 300_000;

/**
 * A call that begins.
 * @param {number} number
 * @param {Call | null} caller
 * @param {import("./types.js").CallStack} stack
 * @returns {Call}
 */
export function newCall(number, caller, { frame, depth }) {
  const { path, line, function: name } = frame;
  const call = { number, caller, path, function: name, begins: line, depth };
  return { ...call, spans: [], variables: new Map() };
}

/**
 * The calls in progress when `outer` are, and one more; equal chains are the same object.
 * @param {Chain | null} outer
 * @param {Call} call
 * @param {Map<Call, Chain>} outermost
 * @returns {Chain}
 */
export function chainOf(outer, call, outermost) {
  const chains = outer?.inner ?? outermost;
  let chain = chains.get(call);
  if (!chain) {
    chain = { call, outer, depth: (outer?.depth ?? 0) + 1, inner: new Map() };
    chains.set(call, chain);
  }
  return chain;
}
