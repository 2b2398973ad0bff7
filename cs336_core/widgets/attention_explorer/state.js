// The reader's settings: the traits of Python, clamped to the existing heads and tokens.

import { schema } from "#schema/attention_explorer";
import { boundedBy, within } from "../../ui/state.js";

/** @typedef {import("#schema/attention_explorer").Traits["stage"]} Stage */
/** @typedef {readonly import("../../browser/model/attention.js").Rows[]} Heads */

/**
 * @typedef {import("#schema/attention_explorer").Traits & { tokens: readonly string[],
 *   features: readonly string[], q: Heads, k: Heads, v: Heads }} State
 *   `features`: names of the entries of queries and keys; `row`, `column`: the selected cell
 */

export { schema };

export const STAGES = schema.stage.choices;
export const MASKS = schema.mask.choices;

/** @param {State} given @returns {State} */
export function bounded(given) {
  const state = boundedBy(schema, given);
  const n = state.tokens.length;
  return {
    ...state,
    head: within(state.head, 0, state.q.length - 1),
    window: within(state.window, 1, n),
    prefix: within(state.prefix, 1, n),
    padding: within(state.padding, 0, n),
    row: within(state.row, 0, n - 1),
    column: within(state.column, 0, n - 1),
  };
}
