// The matrix multiplications of attention, equal to `cs336_core.accounting.attention`.

import { operation, product } from "./operations.js";

/** @typedef {import("./operations.js").Operation} Operation */
/** @typedef {import("./operations.js").Pass} Pass */
/** @typedef {import("./operations.js").Side} Side */

/** Multi-head, grouped-query or latent attention. @param {Pass} step */
export function attention(step) {
  const { latent, attention_sinks, n_layers, n_heads } = step.config;
  if (latent) return latentAttention(step, latent);
  if (!attention_sinks) return multiHead(step);
  const sinks = product(n_layers, n_heads);
  return [
    ...multiHead(step),
    operation({
      group: "scores",
      component: "attention",
      name: "sinks",
      params: sinks,
      weightsRead: sinks,
    }),
  ];
}

/** The dimensions of a head's queries and keys, and of its values. @param {import("./config.js").Config} config */
export function headWidths({ latent, d_head }) {
  return latent
    ? [latent.nope_head_dim + latent.rope_head_dim, latent.v_head_dim]
    : [d_head, d_head];
}

/** Groups of heads may share keys and values. @param {Pass} step @returns {Operation[]} */
function multiHead(step) {
  const { d_model, d_head, n_heads, n_kv_heads, qkv_bias, output_bias } = step.config;
  /** @type {Side} */
  const stream = ["d", d_model];
  /** @type {Side} */
  const heads = ["h d_h", n_heads * d_head];
  /** @type {Side} */
  const kvHeads = ["h_kv d_h", n_kv_heads * d_head];
  return [
    projection(step, "query", stream, heads, qkv_bias),
    projection(step, "key", stream, kvHeads, qkv_bias),
    projection(step, "value", stream, kvHeads, qkv_bias),
    ...attended(step, ["d_h", d_head], ["d_h", d_head], [kvHeads[1], kvHeads[1]]),
    projection(step, "output", heads, stream, output_bias),
  ];
}

/**
 * Multi-head latent attention (DeepSeek-V2, section 2.1): plain without a cache, absorbed with one.
 * @param {Pass} step
 * @param {import("./config.js").Latent} latent
 * @returns {Operation[]}
 */
function latentAttention(
  step,
  { kv_rank: rank, q_rank, nope_head_dim: nope, rope_head_dim: rope, v_head_dim: v },
) {
  const { d_model, n_heads: n, qkv_bias: bias, output_bias } = step.config;
  /** @type {Side} */
  const stream = ["d", d_model];
  /** @type {Side} */
  const queryInput = q_rank ? ["r_q", q_rank] : stream;
  return [
    ...(q_rank ? [projection(step, "query down", stream, queryInput, bias)] : []),
    projection(step, "query", queryInput, ["h (d_n+d_r)", n * (nope + rope)], bias),
    projection(step, "latent", stream, ["r", rank], bias),
    projection(step, "rotary key", stream, ["d_r", rope], bias),
    ...(step.cached
      ? [
          absorbed(step, "key, absorbed", ["d_n", nope], ["r", rank]),
          ...attended(step, ["(r+d_r)", rank + rope], ["r", rank], [rank + rope, 0]),
          absorbed(step, "value, absorbed", ["r", rank], ["d_v", v]),
        ]
      : [
          projection(step, "key", ["r", rank], ["h d_n", n * nope], false),
          projection(step, "value", ["r", rank], ["h d_v", n * v], false),
          ...attended(step, ["(d_n+d_r)", nope + rope], ["d_v", v], [n * (nope + rope), n * v]),
        ]),
    projection(step, "output", ["h d_v", n * v], stream, output_bias),
  ];
}

/**
 * A matrix that every token is multiplied by, in every layer.
 * @param {Pass} step
 * @param {string} name
 * @param {Side} before
 * @param {Side} after
 * @param {boolean} bias
 */
function projection({ config, tokens }, name, before, after, bias) {
  const layers = config.n_layers;
  const params = BigInt(layers) * (product(before[1], after[1]) + product(after[1], bias));
  return operation({
    group: "projections",
    component: "attention",
    name,
    factors: [["L", layers], ["B T", Number(tokens)], before, after],
    params,
    weightsRead: params,
    moved: product(layers, tokens, before[1] + after[1]),
  });
}

/**
 * A matrix per head, multiplied by the vectors of that head.
 * @param {Pass} step
 * @param {string} name
 * @param {Side} before
 * @param {Side} after
 */
function absorbed({ config, tokens }, name, before, after) {
  const { n_layers: layers, n_heads: heads } = config;
  const params = product(layers, heads, before[1], after[1]);
  return operation({
    group: "projections",
    component: "attention",
    name,
    factors: [["L", layers], ["B T", Number(tokens)], ["h", heads], before, after],
    params,
    weightsRead: params,
    moved: product(layers, tokens, heads, before[1] + after[1]),
  });
}

/**
 * The scores of all pairs, and the weighted sums of values. Layers of different types have rows of their
 * own.
 * @param {Pass} step
 * @param {Side} score
 * @param {Side} value
 * @param {[scores: number, values: number]} read numbers read per key
 */
function attended({ config, batch, fusedAttention, tokens, kinds }, score, value, read) {
  const heads = config.n_heads;
  return kinds.flatMap(({ kind, layers, keys, pairFactors, nPairs }) => {
    const scores = fusedAttention ? 0n : product(batch, heads, nPairs);
    return [score, value].map((side, i) => {
      const name = i === 0 ? "scores" : "values";
      return operation({
        group: "scores",
        component: "attention",
        name: kinds.length === 1 ? name : `${name}, ${kind}`,
        factors: [["L", layers], ["B", batch], ["h", heads], ...pairFactors, side],
        moved:
          BigInt(layers) *
          (product(tokens, heads, side[1]) + product(batch, keys, read[i] ?? 0) + scores),
      });
    });
  });
}
