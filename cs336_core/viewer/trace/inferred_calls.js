// Infers which call each step belongs to, for files that do not say: those of edtrace, of the 2025
// lectures, and of version 1 of our format.

import { chainOf, MAX_FRAMES, newCall } from "./call.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./call.js").Chain} Chain */
/** @typedef {import("./types.js").Trace} Trace */
/** @typedef {import("./types.js").CallStack} CallStack */

/** The first line of a function definition: the `def`, or a decorator. */
const DEFINITION = /^\s*(?:@|def\b|async\s+def\b)/;

/** @typedef {{ chain: Chain, stack: CallStack }} OpenCall a call, and its stack at the last step */

/**
 * Finds the calls in progress at each step, up to the step at which there are too many frames.
 *
 * A call goes on if the next step is in the same function, called from the same line. The exception
 * is a function that begins again: the step is at the line where the call began, that line is a
 * `def`, and the step does not return from a call made there. (At any other `def`, the function
 * defines a function of its own.)
 * @param {Trace} trace
 */
export function inferCalls(trace) {
  /** @type {Call[]} */
  const calls = [];
  /** @type {Chain[]} */
  const chains = [];
  /** @type {Map<Call, Chain>} */
  const outermost = new Map();
  /** @type {OpenCall[]} outermost first */
  const open = [];
  /** @type {Map<string, Call>} the last call of each function */
  const last = new Map();
  const isDefinition = definitions(trace);
  let frames = 0;
  for (const [i, step] of trace.steps.entries()) {
    const entered = changedStacks(step.stack, open);
    frames += entered.length;
    if (frames > MAX_FRAMES) break;
    const previous = open.splice((entered[0]?.depth ?? 1) - 1);
    entered.forEach((stack, n) => {
      const { path, function: name, line } = stack.frame;
      const outer = open.at(-1)?.chain ?? null;
      const caller = outer?.call ?? null;
      const former = previous[n];
      const key = `${path}\0${name}\0${stack.depth}`;
      const latest = last.get(key);
      const isInnermost = stack === step.stack;
      const isSameFunction =
        former?.stack.caller === stack.caller && sameFunction(former.stack, stack);
      const known = isSameFunction ? former.chain.call : latest;
      const returned = former?.stack === stack && previous.length > n + 1;
      const restarts =
        isInnermost && !returned && line === known?.begins && isDefinition(path, line);
      let call = isSameFunction && !restarts ? known : undefined;
      if (!call) {
        // A call that does not begin at its first line resumes: a generator.
        if (isInnermost && !restarts && latest?.caller === caller) call = latest;
        else calls.push((call = newCall(calls.length, caller, stack)));
        call.spans.push([i, i]);
      }
      last.set(key, call);
      open.push({ chain: chainOf(outer, call, outermost), stack });
    });
    previous.forEach(({ chain: { call } }, n) => {
      const now = open[open.length - entered.length + n]?.chain.call;
      if (entered[n] === undefined || now !== call) close(call, i - 1);
    });
    chains.push(/** @type {OpenCall} */ (open.at(-1)).chain);
  }
  for (const { chain } of open) close(chain.call, chains.length - 1);
  return { calls, chains };
}

/** @param {Call} call @param {number} step the last step of its current span */
function close(call, step) {
  const span = call.spans.at(-1);
  if (span) span[1] = step;
}

/**
 * The stacks, from the outermost in, that differ from those of the open calls.
 * @param {CallStack} innermost
 * @param {OpenCall[]} open
 */
function changedStacks(innermost, open) {
  /** @type {CallStack[]} */
  const changed = [];
  /** @type {CallStack | null} */
  let stack = innermost;
  // The innermost one always counts as changed, since its function may have begun again.
  while (stack && (stack === innermost || open[stack.depth - 1]?.stack !== stack)) {
    changed.push(stack);
    stack = stack.caller;
  }
  return changed.reverse();
}

/** @param {CallStack} a @param {CallStack} b */
function sameFunction(a, b) {
  return a.frame.path === b.frame.path && a.frame.function === b.frame.function;
}

/**
 * Returns a predicate: whether a function definition begins at a line.
 * @param {Trace} trace
 */
function definitions(trace) {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  for (const [path, source] of trace.files) lines.set(path, source.split("\n"));
  return (/** @type {string} */ path, /** @type {number} */ line) =>
    DEFINITION.test(lines.get(path)?.[line - 1] ?? "");
}
