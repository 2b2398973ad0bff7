// The reader's settings: the traits of Python, bounded by the rest of the state.

import { schema } from "#schema/flash_stepper";
import { boundedBy } from "../../ui/state.js";

/** @typedef {import("../../browser/model/flash_steps.js").Matrix} Matrix */

/**
 * @typedef {import("#schema/flash_stepper").Traits & { query_vectors: Matrix, key_vectors: Matrix,
 *   value_vectors: Matrix }} State
 */

export { schema };

/**
 * The numbers that fast memory holds for a tile: queries, keys, values, scores, maxima and sums, output.
 * @param {number} queries
 * @param {number} keys
 * @param {{ d: number, width: number }} widths of a query or key, and of a value
 */
export const needed = (queries, keys, { d, width }) =>
  queries * (d + keys + 2 + width) + keys * (d + width);

/**
 * The side of the largest square tile that fits into fast memory.
 * @param {number} capacity
 * @param {number} n the length of the sequence
 * @param {{ d: number, width: number }} widths
 */
export function largestTile(capacity, n, widths) {
  let side = 1;
  while (side < n && needed(side + 1, side + 1, widths) <= capacity) side += 1;
  return side;
}

/** @param {Pick<State, "query_vectors" | "value_vectors">} state */
export const widthsOf = ({ query_vectors: queries, value_vectors: values }) => ({
  d: queries[0]?.length ?? 0,
  width: values[0]?.length ?? 0,
});

/**
 * Tiles are at most as long as the sequence, the sequence has at most as many tokens as there are
 * vectors, and fast memory holds at least the tile.
 * @param {State} given @returns {State}
 */
export function bounded(given) {
  const state = boundedBy(schema, given);
  const n = Math.min(state.seq_len, state.query_vectors.length);
  const [queryTile, keyTile] = [Math.min(state.query_tile, n), Math.min(state.key_tile, n)];
  return {
    ...state,
    seq_len: n,
    query_tile: queryTile,
    key_tile: keyTile,
    capacity: Math.max(state.capacity, needed(queryTile, keyTile, widthsOf(state))),
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
