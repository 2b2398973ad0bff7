// The forward pass of a decoder-only Transformer, equal to `LanguageModel` of
// cs336_core.model.language_model, with every intermediate result, and with parts removed on request.

import { runBlock } from "./block.js";
import { linear, rowOf, zeros } from "./matrix.js";
import { rmsNorm } from "./norm.js";
import { FINAL_NORM } from "./parts.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */

/**
 * The fields of Python's `ModelConfig` that the forward pass needs.
 * @typedef {object} Config
 * @property {number} vocab_size
 * @property {number} context_length
 * @property {number} n_layers
 * @property {number} d_model
 * @property {number} n_heads
 * @property {number} d_ff
 * @property {number} norm_eps
 * @property {number} rope_theta
 */

/** `outputs`: the columns of the output matrix that belong to each head. @typedef {{ query: Matrix, key: Matrix, value: Matrix, outputs: Matrix[] }} AttentionWeights */
/** @typedef {{ gate: Matrix, up: Matrix, down: Matrix }} MlpWeights */
/** @typedef {{ attentionNorm: Float32Array, attention: AttentionWeights, mlpNorm: Float32Array, mlp: MlpWeights }} BlockWeights */
/** @typedef {{ config: Config, embedding: Matrix, blocks: BlockWeights[], norm: Float32Array }} Model the LM head is the embedding */

/**
 * @typedef {object} Pass
 * @property {Matrix} embeddings
 * @property {import("./block.js").BlockPass[]} blocks
 * @property {Matrix} final the stream after the last block, normalized (n × d_model)
 */

/** No part. @type {ReadonlySet<string>} */
export const NOTHING = new Set();

/**
 * @param {Model} model
 * @param {ArrayLike<number>} ids
 * @param {ReadonlySet<string>} [removed] names of parts, see parts.js
 * @param {Pass} [past] the pass of the tokens before, whose keys and values are used: a KV cache
 * @returns {Pass}
 */
export function forward({ config, embedding, blocks, norm }, ids, removed = NOTHING, past) {
  const embeddings = zeros(ids.length, config.d_model);
  for (let i = 0; i < ids.length; i++) rowOf(embeddings, i).set(rowOf(embedding, Number(ids[i])));
  let x = embeddings;
  const passes = blocks.map((weights, block) => {
    const pass = runBlock(x, weights, config, block, removed, past?.blocks[block]);
    x = pass.output;
    return pass;
  });
  const final = removed.has(FINAL_NORM) ? x : rmsNorm(x, norm, config.norm_eps);
  return { embeddings, blocks: passes, final };
}

/**
 * The logits of some positions: the LM head is the embedding matrix.
 * @param {Model} model
 * @param {Matrix} final normalized rows of the stream
 */
export const logitsOf = ({ embedding }, final) => linear(final, embedding);

/**
 * The stream of one position at some height, as the LM head would read it: normalized, in one row.
 * @param {Model} model
 * @param {Float32Array} vector
 * @param {ReadonlySet<string>} [removed]
 * @returns {Matrix}
 */
export function readable({ config, norm }, vector, removed = NOTHING) {
  const row = { rows: 1, columns: vector.length, data: vector };
  return removed.has(FINAL_NORM) ? row : rmsNorm(row, norm, config.norm_eps);
}
