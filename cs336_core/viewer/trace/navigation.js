// Where each navigation command leads: from one step to another.

import { within } from "../../ui/state.js";
import { lastUpTo } from "./trace_index.js";

/** @typedef {import("./trace_index.js").TraceIndex} TraceIndex */

/**
 * A variable that the reader follows through every call of its function.
 * @typedef {{ function: string, name: string }} Followed
 */

/**
 * The nearest step in a direction that is at most `depth` calls deep, or else the last or first step.
 * @param {TraceIndex} index
 * @param {number} step
 * @param {1 | -1} direction
 * @param {number} depth
 */
function nearestUpTo({ depths }, step, direction, depth) {
  let to = step + direction;
  while (to >= 0 && to < depths.length && /** @type {number} */ (depths[to]) > depth)
    to += direction;
  return within(to, 0, depths.length - 1);
}

/** The next step without entering calls. @param {TraceIndex} index @param {number} step */
export const stepOver = (index, step) => nearestUpTo(index, step, 1, index.depths[step] ?? 1);

/** The previous step without entering calls. @param {TraceIndex} index @param {number} step */
export const stepBackOver = (index, step) => nearestUpTo(index, step, -1, index.depths[step] ?? 1);

/** The step after the current call. @param {TraceIndex} index @param {number} step */
export const stepOut = (index, step) => nearestUpTo(index, step, 1, (index.depths[step] ?? 1) - 1);

/**
 * The next step at a line, wrapping around to the first one, or -1 if the line never runs.
 * @param {TraceIndex} index
 * @param {number} step
 * @param {string} path
 * @param {number} line
 */
export function nextStepAtLine(index, step, path, line) {
  const steps = index.stepsAt.get(path)?.get(line) ?? [];
  return steps.find((candidate) => candidate > step) ?? steps[0] ?? -1;
}

/**
 * The nearest step in a direction that changes a variable, or any variable if it is null; -1 if
 * there is none.
 * @param {TraceIndex} index
 * @param {number} step
 * @param {1 | -1} direction
 * @param {Followed | null} variable
 */
export function nearestChange(index, step, direction, variable) {
  if (variable) return nearest(changesOf(index, variable), step, direction);
  const { steps } = index.trace;
  for (let to = step + direction; to >= 0 && to < steps.length; to += direction) {
    if (steps[to]?.env.size || steps[to]?.outer.size) return to;
  }
  return -1;
}

/**
 * The nearest of some steps after or before a step, or -1.
 * @param {number[]} steps in ascending order
 * @param {number} step
 * @param {1 | -1} direction
 */
export function nearest(steps, step, direction) {
  return steps[direction > 0 ? lastUpTo(steps, step) + 1 : lastUpTo(steps, step - 1)] ?? -1;
}

/**
 * The steps that change a variable, in ascending order.
 * @param {TraceIndex} index
 * @param {Followed} variable
 */
export function changesOf(index, { function: functionName, name }) {
  /** @type {number[]} */
  const steps = [];
  for (const call of index.calls) {
    if (call.function === functionName)
      for (const step of call.variables.get(name)?.steps ?? []) steps.push(step);
  }
  return steps.sort((a, b) => a - b);
}
