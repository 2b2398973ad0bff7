// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

/**
 * @typedef {object} State
 * @property {import("../../browser/model/flash_steps.js").Matrix} query_vectors
 * @property {import("../../browser/model/flash_steps.js").Matrix} key_vectors
 * @property {import("../../browser/model/flash_steps.js").Matrix} value_vectors
 * @property {number} seq_len how many of them are used
 * @property {number} query_tile
 * @property {number} key_tile
 * @property {boolean} causal
 * @property {number} step how many tiles are done
 * @property {number} row which query of the tile is worked out, counted from 0
 */

/** @type {(keyof State & string)[]} */
export const URL_TRAITS = ["seq_len", "query_tile", "key_tile", "causal", "step", "row"];
/** @type {(keyof State & string)[]} */
export const TRAITS = [...URL_TRAITS, "query_vectors", "key_vectors", "value_vectors"];

/** @param {State} state @returns {State} */
export function bounded(state) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) =>
    Math.min(most, Math.max(1, value));
  const n = within(state.seq_len, state.query_vectors.length);
  return {
    ...state,
    seq_len: n,
    query_tile: within(state.query_tile, n),
    key_tile: within(state.key_tile, n),
    row: Math.max(0, state.row),
  };
}

/** @param {State} state @returns {import("../../browser/model/flash_tiles.js").Shape} */
export function shapeOf({ seq_len, query_tile, key_tile, causal }) {
  return { n: seq_len, queryTile: query_tile, keyTile: key_tile, causal };
}

/** What is used of the inputs. @param {State} state @returns {import("../../browser/model/flash_steps.js").Inputs} */
export function inputsOf({
  query_vectors: queries,
  key_vectors: keys,
  value_vectors: values,
  seq_len: n,
}) {
  return { queries: queries.slice(0, n), keys: keys.slice(0, n), values: values.slice(0, n) };
}
