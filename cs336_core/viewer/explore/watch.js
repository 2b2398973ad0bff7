// A watched expression at a step.

import { resultOf } from "./evaluate.js";
import { readExpression } from "./parse.js";

/**
 * The value of an expression at a step, and whether the step changed it.
 * @param {string} text
 * @param {import("./scope.js").Scope} scope
 * @param {number} step
 */
export function watched(text, scope, step) {
  const { expression, problem } = readExpression(text);
  if (!expression) return { value: undefined, before: undefined, changed: false, problem };
  const at = (/** @type {number} */ where) =>
    resultOf(expression, (name) => scope.valueAt(name, where));
  const now = at(step);
  const { value: before } = step > 0 ? at(step - 1) : { value: undefined };
  const changed =
    now.value !== undefined &&
    now.value !== before &&
    JSON.stringify(now.value) !== JSON.stringify(before);
  return { value: now.value, before: changed ? before : undefined, changed, problem: now.problem };
}
