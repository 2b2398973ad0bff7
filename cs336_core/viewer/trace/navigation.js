// Where a move leads: from one step to another.

/** @typedef {import("./trace_index.js").Story} Story */

/**
 * A variable that the reader follows, in every call of its function.
 * @typedef {{ function: string, name: string }} Followed
 */

/**
 * The next step, or with `way` -1 the one before, that is not deeper than `depth`; the last or
 * first one where there is none.
 * @param {Story} story
 * @param {number} step
 * @param {1 | -1} way
 * @param {number} depth
 */
function notDeeper({ depths }, step, way, depth) {
  let to = step + way;
  while (to >= 0 && to < depths.length && /** @type {number} */ (depths[to]) > depth) to += way;
  return Math.min(depths.length - 1, Math.max(0, to));
}

/** To the next line of this function, or out of it. @param {Story} story @param {number} step */
export const over = (story, step) => notDeeper(story, step, 1, story.depths[step] ?? 1);

/** @param {Story} story @param {number} step */
export const overBack = (story, step) => notDeeper(story, step, -1, story.depths[step] ?? 1);

/** Out of this function. @param {Story} story @param {number} step */
export const out = (story, step) => notDeeper(story, step, 1, (story.depths[step] ?? 1) - 1);

/**
 * The next step at a line, after the last one the first; -1 where no step is at it.
 * @param {Story} story
 * @param {number} step
 * @param {string} path
 * @param {number} line
 */
export function toLine(story, step, path, line) {
  const steps = story.stepsAt.get(path)?.get(line) ?? [];
  return steps.find((at) => at > step) ?? steps[0] ?? -1;
}

/**
 * The next step (the one before, with `way` -1) that changes a variable: any variable where none
 * is named; -1 where there is none.
 * @param {Story} story
 * @param {number} step
 * @param {1 | -1} way
 * @param {Followed | null} variable
 */
export function toChange(story, step, way, variable) {
  if (variable) {
    const steps = changesOf(story, variable);
    return (way > 0 ? steps.find((at) => at > step) : steps.findLast((at) => at < step)) ?? -1;
  }
  const { steps } = story.trace;
  for (let to = step + way; to >= 0 && to < steps.length; to += way) {
    if (steps[to]?.env.size) return to;
  }
  return -1;
}

/**
 * The steps that change a variable, in ascending order.
 * @param {Story} story
 * @param {Followed} variable
 */
export function changesOf(story, { function: wanted, name }) {
  /** @type {number[]} */
  const steps = [];
  for (const call of story.calls) {
    if (call.function === wanted)
      for (const step of call.variables.get(name)?.steps ?? []) steps.push(step);
  }
  return steps.sort((a, b) => a - b);
}
