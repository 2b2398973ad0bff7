// All operations of a forward pass, in the order in which a token meets them: the twin of
// `cs336_core.accounting.forward`.

import { attention } from "./attention.js";
import { elementwise, norm } from "./elementwise.js";
import { feedForward } from "./feed_forward.js";
import { operation, product } from "./operations.js";

/** @typedef {import("./operations.js").Operation} Operation */
/** @typedef {import("./operations.js").Pass} Pass */

/** @param {Pass} step @param {boolean} singleNumbers adds what is no matrix product @returns {Operation[]} */
export function forwardOperations(step, singleNumbers) {
  const { config, tokens } = step;
  const { d_model: d, vocab_size: vocab } = config;
  return [
    operation({
      group: "other",
      component: "embedding",
      name: "embedding",
      params: product(vocab, d),
      moved: product(2, tokens, d),
      inLayers: false,
    }),
    ...positions(step, singleNumbers),
    ...attention(step),
    ...feedForward(step),
    ...norms(step, singleNumbers),
    ...(singleNumbers ? elementwise(step) : []),
    ...head(step),
  ];
}

/** What makes logits of the stream, or labels; nothing in a model without a head. @param {Pass} step */
function head({ config, headFactor }) {
  const { d_model: d, vocab_size, n_outputs, tied_embeddings } = config;
  const isLM = n_outputs === null;
  const outputs = n_outputs ?? vocab_size;
  if (outputs === 0) return [];
  return [
    operation({
      group: "head",
      component: "head",
      name: isLM ? "LM head" : "classifier",
      factors: [headFactor, ["d", d], [isLM ? "V" : "C", outputs]],
      params: isLM && tied_embeddings ? 0n : product(outputs, d),
      weightsRead: product(outputs, d),
      moved: product(headFactor[1], d + outputs),
      inLayers: false,
    }),
  ];
}

/** The vectors of places, which are added to those of tokens. @param {Pass} step @param {boolean} singleNumbers */
function positions({ config, tokens, seqLen }, singleNumbers) {
  const learned = config.positions === "learned";
  if (!learned && !(config.positions === "sinusoidal" && singleNumbers)) return [];
  const added = singleNumbers ? product(tokens, config.d_model) : 0n;
  return [
    operation({
      group: "other",
      component: "positions",
      name: "positions",
      elementwise: added,
      params: learned ? product(config.context_length, config.d_model) : 0n,
      moved: product(seqLen, config.d_model) + 2n * added,
      inLayers: false,
    }),
  ];
}

/** Two norms a layer, those of latents, and the one after the last layer. @param {Pass} step @param {boolean} singleNumbers */
function norms({ config, tokens }, singleNumbers) {
  const { latent, d_model, n_layers, norm_placement } = config;
  /** @type {[name: string, kind: string, width: number, n: number][]} */
  const all = [["norms", config.norm, d_model, 2 * n_layers]];
  if (latent) all.push(["latent norms", "rmsnorm", latent.kv_rank, n_layers]);
  if (latent?.q_rank) all.push(["query norms", "rmsnorm", latent.q_rank, n_layers]);
  if (norm_placement === "pre") all.push(["final norm", config.norm, d_model, 1]);
  return all.map(([name, kind, width, n]) => {
    const bias = config.bias && kind === "layernorm";
    const params = product(n, bias ? 2 : 1, width);
    const vectors = singleNumbers ? product(n, tokens) : 0n;
    return operation({
      group: "other",
      component: "norms",
      name,
      elementwise: product(vectors, norm(kind, width, bias)),
      params,
      weightsRead: params,
      moved: product(2, vectors, width),
      inLayers: name !== "final norm",
    });
  });
}
