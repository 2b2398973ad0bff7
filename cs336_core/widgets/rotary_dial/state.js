// The reader's settings: the traits of Python, with both positions clamped to the last one.

import { schema } from "#schema/rotary_dial";
import { boundedBy, within } from "../../ui/state.js";

/** @typedef {import("#schema/rotary_dial").Traits} State */

export { schema };

/** @param {State} given @returns {State} */
export function bounded(given) {
  const state = boundedBy(schema, given);
  const last = state.positions - 1;
  return {
    ...state,
    query_position: Math.min(last, state.query_position),
    key_position: Math.min(last, state.key_position),
  };
}

/**
 * The positions when the query is moved to a distance from the key. The key moves only if the query
 * would leave the range of positions.
 * @param {State} state
 * @param {number} distance
 */
export function apartBy({ key_position, positions }, distance) {
  const query = within(key_position + distance, 0, positions - 1);
  return { query_position: query, key_position: query - distance };
}

/**
 * The positions when the first of the two is moved to `first`, and the other with it.
 * @param {State} state
 * @param {number} first
 */
export function shifted({ query_position: query, key_position: key }, first) {
  const by = first - Math.min(query, key);
  return { query_position: query + by, key_position: key + by };
}
