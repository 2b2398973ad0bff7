// The gated MLP, SwiGLU, equal to `FeedForward` of cs336_core.model.feed_forward.

import { linear } from "./matrix.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */

/**
 * @param {Matrix} x the normalized residual stream
 * @param {import("./model.js").MlpWeights} weights
 * @returns {{ hidden: Matrix, addition: Matrix }} the gated activations, and what is added to the stream
 */
export function mlp(x, { gate, up, down }) {
  const gates = linear(x, gate);
  const hidden = linear(x, up);
  for (let i = 0; i < hidden.data.length; i++) {
    const z = Number(gates.data[i]);
    hidden.data[i] = Number(hidden.data[i]) * (z / (1 + Math.exp(-z)));
  }
  return { hidden, addition: linear(hidden, down) };
}
