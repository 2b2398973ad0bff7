// All operations of a forward pass, equal to `cs336_core.accounting.forward`.

import { attention } from "./attention.js";
import { elementwise, norm } from "./elementwise.js";
import { feedForward } from "./feed_forward.js";
import { operation, product } from "./operations.js";

/** @typedef {import("./operations.js").Operation} Operation */
/** @typedef {import("./operations.js").Pass} Pass */

/** @param {Pass} step @param {boolean} countElementwise @returns {Operation[]} */
export function forwardOperations(step, countElementwise) {
  return [
    ...embedding(step),
    ...positions(step, countElementwise),
    ...attention(step),
    ...feedForward(step),
    ...norms(step, countElementwise),
    ...(countElementwise ? elementwise(step) : []),
    ...(step.hasHead ? head(step) : []),
  ];
}

/** The table of token embeddings, and the matrix that makes them wider, if any. @param {Pass} step */
function embedding(step) {
  const { config, tokens } = step;
  const width = config.embedding_width ?? config.d_model;
  const table = operation({
    group: "other",
    component: "embedding",
    name: "embedding",
    params: product(config.vocab_size, width),
    moved: product(2, tokens, width),
    inLayers: false,
  });
  if (!config.embedding_width) return [table];
  return [table, between(step, "embedding projection", ["d_e", width], ["d", config.d_model])];
}

/** The LM head or classifier; nothing for a model without a head. @param {Pass} step */
function head(step) {
  const { config, headFactor } = step;
  const { d_model: d, vocab_size, n_outputs, tied_embeddings, embedding_width } = config;
  const isLM = n_outputs === null;
  const outputs = n_outputs ?? vocab_size;
  const width = (isLM && embedding_width) || d;
  const bias = isLM && config.head_bias ? BigInt(outputs) : 0n;
  const operations = [];
  if (isLM && embedding_width)
    operations.push(between(step, "head projection", ["d", d], ["d_e", width]));
  if (outputs === 0) return operations;
  const weights = product(outputs, width);
  operations.push(
    operation({
      group: "head",
      component: "head",
      name: isLM ? "LM head" : "classifier",
      factors: [headFactor, [width === d ? "d" : "d_e", width], [isLM ? "V" : "C", outputs]],
      params: bias + (isLM && tied_embeddings ? 0n : weights),
      weightsRead: bias + weights,
      moved: product(headFactor[1], width + outputs),
      inLayers: false,
    }),
  );
  return operations;
}

/**
 * A matrix between embeddings and a wider residual stream.
 * @param {Pass} step
 * @param {string} name
 * @param {import("./operations.js").Side} before
 * @param {import("./operations.js").Side} after
 */
function between({ tokens, headFactor }, name, before, after) {
  const isHead = before[0] === "d";
  /** @type {import("./operations.js").Side} */
  const rows = isHead ? headFactor : ["B T", Number(tokens)];
  const params = product(before[1], after[1]);
  return operation({
    group: isHead ? "head" : "other",
    component: isHead ? "head" : "embedding",
    name,
    factors: [rows, before, after],
    params,
    weightsRead: params,
    moved: product(rows[1], before[1] + after[1]),
    inLayers: false,
  });
}

/** Positional embeddings, which are added to those of tokens. @param {Pass} step @param {boolean} countElementwise */
function positions({ config, tokens, seqLen }, countElementwise) {
  const learned = config.positions === "learned";
  if (!learned && !(config.positions === "sinusoidal" && countElementwise)) return [];
  const added = countElementwise ? product(tokens, config.d_model) : 0n;
  return [
    operation({
      group: "other",
      component: "positions",
      name: "positions",
      elementwise: added,
      params: learned
        ? product(config.context_length + config.unused_positions, config.d_model)
        : 0n,
      moved: product(seqLen, config.d_model) + 2n * added,
      inLayers: false,
    }),
  ];
}

/**
 * Norms of one kind: their name and kind, the width of a vector, how many norms there are, and per norm
 * how many vectors of a token it normalizes, how many weights of that width it has, and whether a bias.
 * @typedef {[name: string, kind: string, width: number, n: number, vectors?: number, weights?: number,
 *   bias?: boolean]} Norms
 */

/** Norms of layers, latents, queries and keys, and the first and last norm. @param {Pass} step @param {boolean} countElementwise */
function norms({ config, tokens }, countElementwise) {
  const gain = config.norm_gain !== "none";
  return kindsOfNorms(config).map(
    ([name, kind, width, n, perToken = 1, weights = 1, bias = false]) => {
      const params = product(n, Number(gain) + Number(bias), width, weights);
      const vectors = countElementwise ? product(n, perToken, tokens) : 0n;
      return operation({
        group: "other",
        component: "norms",
        name,
        elementwise: product(vectors, norm(kind, width, bias, gain)),
        params,
        weightsRead: params,
        moved: product(2, vectors, width),
        inLayers: name !== "embedding norm" && name !== "final norm",
      });
    },
  );
}

/** @param {import("./config.js").Config} config @returns {Norms[]} */
function kindsOfNorms(config) {
  const { latent, d_model: d, n_layers: layers, norm: kind, norm_bias: bias, qk_norm } = config;
  const perLayer = config.parallel_norms ?? (config.norm_placement === "sandwich" ? 4 : 2);
  /** @type {Norms[]} */
  const all = [];
  if (config.embedding_norm) all.push(["embedding norm", kind, d, 1, 1, 1, bias]);
  all.push(["norms", kind, d, perLayer * layers, 1, 1, bias]);
  if (latent) all.push(["latent norms", "rmsnorm", latent.kv_rank, layers]);
  if (latent?.q_rank) all.push(["query norms", "rmsnorm", latent.q_rank, layers]);
  if (qk_norm)
    for (const [name, heads] of /** @type {const} */ ([
      ["norms of queries", config.n_heads],
      ["norms of keys", config.n_kv_heads],
    ])) {
      const isOne = qk_norm === "all heads";
      const width = config.d_head * (isOne ? heads : 1);
      const weights = qk_norm === "each head" ? heads : 1;
      all.push([name, kind, width, layers, isOne ? 1 : heads, weights]);
    }
  if (config.norm_placement !== "post") all.push(["final norm", kind, d, 1, 1, 1, bias]);
  return all;
}
