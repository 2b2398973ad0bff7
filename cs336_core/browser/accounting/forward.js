// All operations of a forward pass, equal to `cs336_core.accounting.forward`.

import { attention } from "./attention.js";
import { elementwise, norm } from "./elementwise.js";
import { feedForward } from "./feed_forward.js";
import { operation, product } from "./operations.js";

/** @typedef {import("./operations.js").Operation} Operation */
/** @typedef {import("./operations.js").Pass} Pass */

/** @param {Pass} step @param {boolean} countElementwise @returns {Operation[]} */
export function forwardOperations(step, countElementwise) {
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
    ...positions(step, countElementwise),
    ...attention(step),
    ...feedForward(step),
    ...norms(step, countElementwise),
    ...(countElementwise ? elementwise(step) : []),
    ...head(step),
  ];
}

/** The LM head or classifier; nothing for a model without a head. @param {Pass} step */
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
      params: learned ? product(config.context_length, config.d_model) : 0n,
      moved: product(seqLen, config.d_model) + 2n * added,
      inLayers: false,
    }),
  ];
}

/** Two norms per layer, those of latents, and the final norm. @param {Pass} step @param {boolean} countElementwise */
function norms({ config, tokens }, countElementwise) {
  const { latent, d_model, n_layers, norm_placement } = config;
  /** @type {[name: string, kind: string, width: number, n: number][]} */
  const all = [["norms", config.norm, d_model, 2 * n_layers]];
  if (latent) all.push(["latent norms", "rmsnorm", latent.kv_rank, n_layers]);
  if (latent?.q_rank) all.push(["query norms", "rmsnorm", latent.q_rank, n_layers]);
  if (norm_placement === "pre") all.push(["final norm", config.norm, d_model, 1]);
  return all.map(([name, kind, width, n]) => {
    const bias = config.bias && kind === "layernorm";
    const params = product(n, bias ? 2 : 1, width);
    const vectors = countElementwise ? product(n, tokens) : 0n;
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
