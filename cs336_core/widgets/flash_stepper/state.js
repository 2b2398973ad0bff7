// The reader's settings: the traits of Python, bounded by the rest of the state.

import { schema } from "#schema/flash_stepper";
import { boundedBy } from "../../ui/state.js";

/** @typedef {import("../../browser/model/flash_steps.js").Matrix} Matrix */

/**
 * @typedef {import("#schema/flash_stepper").Traits & { query_vectors: Matrix, key_vectors: Matrix,
 *   value_vectors: Matrix }} State
 */

export { schema };

/** Tiles are at most as long as the sequence, and the sequence has at most as many tokens as there are vectors. @param {State} given @returns {State} */
export function bounded(given) {
  const state = boundedBy(schema, given);
  const n = Math.min(state.seq_len, state.query_vectors.length);
  return {
    ...state,
    seq_len: n,
    query_tile: Math.min(state.query_tile, n),
    key_tile: Math.min(state.key_tile, n),
  };
}

/** @param {State} state @returns {import("../../browser/model/flash_tiles.js").Shape} */
export function shapeOf({ seq_len, query_tile, key_tile, causal }) {
  return { n: seq_len, queryTile: query_tile, keyTile: key_tile, causal };
}

/** The first `seq_len` vectors of each input. @param {State} state @returns {import("../../browser/model/flash_steps.js").Inputs} */
export function inputsOf({
  query_vectors: queries,
  key_vectors: keys,
  value_vectors: values,
  seq_len: n,
}) {
  return { queries: queries.slice(0, n), keys: keys.slice(0, n), values: values.slice(0, n) };
}
