// Finds which call each step of a program belongs to.

import { chainOf, MAX_FRAMES, newCall } from "./call.js";
import { inferCalls } from "./inferred_calls.js";

/** @typedef {import("./types.js").Trace} Trace */

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./call.js").Chain} Chain */

/**
 * The calls of a trace, and the calls in progress at each step, up to the step at which there are
 * too many. A file that does not say which call a step belongs to is examined for it.
 * @param {Trace} trace
 * @returns {{ calls: Call[], chains: Chain[] }}
 */
export function findCalls(trace) {
  return trace.steps.every(({ call }) => typeof call === "number")
    ? recordedCalls(trace)
    : inferCalls(trace);
}

/** @param {Trace} trace */
function recordedCalls({ steps }) {
  /** @type {Map<number, Call>} */
  const calls = new Map();
  /** @type {Map<number, Chain>} call -> the calls in progress at its last step */
  const last = new Map();
  /** @type {Map<Call, Chain>} */
  const outermost = new Map();
  /** @type {Chain[]} */
  const chains = [];
  let frames = 0;
  for (const [i, step] of steps.entries()) {
    const number = /** @type {number} */ (step.call);
    const caller = (step.caller === null ? null : last.get(step.caller)) ?? null;
    // A malformed file may have a call that is its own caller.
    const outer = caller && caller.depth < step.stack.depth ? caller : null;
    const call = calls.get(number) ?? newCall(number, outer?.call ?? null, step.stack);
    calls.set(number, call);
    const chain = chainOf(outer, call, outermost);
    frames += changeSpans(chains.at(-1) ?? null, chain, i);
    if (frames > MAX_FRAMES) break;
    last.set(number, chain);
    chains.push(chain);
  }
  changeSpans(chains.at(-1) ?? null, null, chains.length);
  return { calls: [...calls.values()], chains };
}

/**
 * Ends the spans of calls that are not in progress any more, begins those of others, and returns how
 * many it has begun.
 * @param {Chain | null} before
 * @param {Chain | null} after
 * @param {number} step the first step of `after`
 */
function changeSpans(before, after, step) {
  let begun = 0;
  /** @type {[Chain | null, Chain | null]} */
  let [ended, entered] = [before, after];
  while (ended !== entered) {
    if (ended && ended.depth >= (entered?.depth ?? 0)) {
      const span = ended.call.spans.at(-1);
      if (span) span[1] = step - 1;
      ended = ended.outer;
    } else if (entered) {
      entered.call.spans.push([step, step]);
      begun++;
      entered = entered.outer;
    }
  }
  return begun;
}
