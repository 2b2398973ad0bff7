// Causal multi-head attention with every intermediate result, equal to `MultiHeadAttention` of
// cs336_core.model.multi_head.

import { linear, rowOf, stacked, sum, zeros } from "./matrix.js";
import { rotate } from "./rope.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */

/**
 * One head, for all positions.
 * @typedef {object} Head
 * @property {Matrix} weights (queries × keys)
 * @property {Matrix} addition what it adds to the residual stream (n × d_model)
 */

/**
 * @typedef {object} Attention
 * @property {Matrix} queries of all heads, side by side, after the rotation
 * @property {Matrix} keys of all positions, earlier ones included
 * @property {Matrix} values
 * @property {Head[]} heads
 * @property {Matrix} addition the sum of the heads' additions
 */

/**
 * The columns of one head.
 * @param {Matrix} x
 * @param {number} head
 * @param {number} width
 * @returns {Matrix}
 */
export function columnsOf(x, head, width) {
  const part = zeros(x.rows, width);
  for (let row = 0; row < x.rows; row++)
    rowOf(part, row).set(rowOf(x, row).subarray(head * width, (head + 1) * width));
  return part;
}

/**
 * The attention weights of one head: softmax(q kᵀ / √width), over the keys up to each query. The
 * queries are those of the last positions.
 * @param {Matrix} queries
 * @param {Matrix} keys
 * @returns {Matrix}
 */
export function causalWeights(queries, keys) {
  const scores = linear(queries, keys);
  const scale = 1 / Math.sqrt(queries.columns);
  const before = keys.rows - queries.rows;
  for (let query = 0; query < scores.rows; query++) {
    const row = rowOf(scores, query);
    const n = before + query + 1;
    const visible = row.subarray(0, n);
    row.fill(0, n);
    const highest = visible.reduce((a, b) => Math.max(a, b));
    let total = 0;
    for (let key = 0; key < n; key++) {
      const exponential = Math.exp((Number(visible[key]) - highest) * scale);
      visible[key] = exponential;
      total += exponential;
    }
    for (let key = 0; key < n; key++) visible[key] = Number(visible[key]) / total;
  }
  return scores;
}

/**
 * The weighted sums of the values.
 * @param {Matrix} weights
 * @param {Matrix} values
 */
function mixed(weights, values) {
  const outputs = zeros(weights.rows, values.columns);
  const before = values.rows - weights.rows;
  for (let query = 0; query < weights.rows; query++) {
    const output = rowOf(outputs, query);
    for (let key = 0; key <= before + query; key++) {
      const weight = Number(weights.data[query * weights.columns + key]);
      const value = rowOf(values, key);
      for (let i = 0; i < output.length; i++)
        output[i] = Number(output[i]) + weight * Number(value[i]);
    }
  }
  return outputs;
}

/**
 * @param {Matrix} x the normalized residual stream
 * @param {import("./model.js").AttentionWeights} weights
 * @param {import("./model.js").Config} config
 * @param {{ hasPositions: boolean, isOff: (head: number) => boolean }} ablation `isOff`: whether a head,
 *   counted from 0, adds nothing
 * @param {Attention} [past] attention at the positions before those of `x`: the KV cache
 * @returns {Attention}
 */
export function attend(
  x,
  weights,
  { n_heads: n, rope_theta: theta },
  { hasPositions, isOff },
  past,
) {
  const [queries, newKeys, newValues] = /** @type {[Matrix, Matrix, Matrix]} */ (
    [weights.query, weights.key, weights.value].map((weight) => linear(x, weight))
  );
  const width = queries.columns / n;
  const start = past?.keys.rows ?? 0;
  if (hasPositions) for (const rotated of [queries, newKeys]) rotate(rotated, width, theta, start);
  const keys = past ? stacked(past.keys, newKeys) : newKeys;
  const values = past ? stacked(past.values, newValues) : newValues;
  const heads = weights.outputs.map((output, head) => {
    const [q, k, v] = /** @type {[Matrix, Matrix, Matrix]} */ (
      [queries, keys, values].map((all) => columnsOf(all, head, width))
    );
    const attention = causalWeights(q, k);
    const addition = isOff(head) ? zeros(x.rows, x.columns) : linear(mixed(attention, v), output);
    return { weights: attention, addition };
  });
  const addition = heads.reduce(
    (total, head) => sum(total, head.addition),
    zeros(x.rows, x.columns),
  );
  return { queries, keys, values, heads, addition };
}
