// Whether the reader has answered, and what the answer opens on a page.

import { schema } from "#schema/prediction";
import { boundedBy } from "../../ui/state.js";

/** @typedef {import("#schema/prediction").Traits & { options: string[] }} State */

export { schema };

/** An option that does not exist was not chosen. @param {State} given @returns {State} */
export function bounded(given) {
  const state = boundedBy(schema, given);
  return state.chosen < state.options.length ? state : { ...state, chosen: -1 };
}

/** Whether a page's address names a figure, or has settings of it. @param {string} key */
export function isLinked(key) {
  const { hash, searchParams } = new URL(location.href);
  return hash === `#${key}` || [...searchParams.keys()].some((name) => name.startsWith(`${key}.`));
}

/**
 * The folded answers right after a question: in the next cells, and in the boxes among them.
 * @param {Element} root within the question's cell
 */
export function answersAfter(root) {
  /** @type {HTMLDetailsElement[]} */
  const answers = [];
  let part = root.closest(".cell")?.nextElementSibling;
  while (part?.matches(".cell, details") && !part.querySelector('[data-widget="prediction"]')) {
    const folded = part.matches("details") ? [part] : part.querySelectorAll(".below-input");
    answers.push(.../** @type {Iterable<HTMLDetailsElement>} */ (folded));
    part = part.nextElementSibling;
  }
  return answers;
}
