// A tiny language model of characters that is trained in a page (Bengio et al. 2003): the embeddings of
// the last characters, side by side, go through one hidden layer to the logits of the next character.
// Forward and backward passes are written out, in 64 bits.

import { softmax } from "../model/softmax.js";

/**
 * @typedef {object} Sizes
 * @property {number} vocab the number of characters
 * @property {number} context how many characters are read
 * @property {number} d the width of an embedding
 * @property {number} hidden the width of the hidden layer
 */

/**
 * Matrices row by row: `embedding` (vocab × d), `input` (hidden × context · d), `output` (vocab × hidden).
 * @typedef {{ embedding: Float64Array, input: Float64Array, bias: Float64Array, output: Float64Array, outputBias: Float64Array }} Parameters
 */

/** @typedef {{ inputs: Int32Array, targets: Int32Array }} Batch `inputs`: a row of `context` ids per target */

/** @param {number} n @param {number} scale @param {() => number} random from 0 to 1 */
const uniform = (n, scale, random) =>
  Float64Array.from({ length: n }, () => scale * (2 * random() - 1));

/** @param {Sizes} sizes @param {() => number} random @returns {Parameters} */
export function initialize({ vocab, context, d, hidden }, random) {
  return {
    embedding: uniform(vocab * d, 1, random),
    input: uniform(hidden * context * d, 1 / Math.sqrt(context * d), random),
    bias: new Float64Array(hidden),
    output: uniform(vocab * hidden, 0.1 / Math.sqrt(hidden), random),
    outputBias: new Float64Array(vocab),
  };
}

/** @param {Parameters} parameters */
export const countOf = (parameters) =>
  Object.values(parameters).reduce((total, { length }) => total + length, 0);

/** `y += W x` for a matrix W, row by row. @param {Float64Array} y @param {Float64Array} w @param {Float64Array} x */
function addProduct(y, w, x) {
  for (let row = 0, i = 0; row < y.length; row++) {
    let sum = 0;
    for (let k = 0; k < x.length; k++, i++) sum += Number(w[i]) * Number(x[k]);
    y[row] = Number(y[row]) + sum;
  }
}

/** `dw += dy xᵀ`, and `dx += Wᵀ dy`. @param {Float64Array} dw @param {Float64Array} dx @param {Float64Array} w @param {Float64Array} x @param {Float64Array} dy */
function addGradients(dw, dx, w, x, dy) {
  for (let row = 0, i = 0; row < dy.length; row++) {
    const d = Number(dy[row]);
    for (let k = 0; k < x.length; k++, i++) {
      dw[i] = Number(dw[i]) + d * Number(x[k]);
      dx[k] = Number(dx[k]) + d * Number(w[i]);
    }
  }
}

/** @param {Float64Array} to @param {Float64Array} from @param {number} [at] where in `to` */
function add(to, from, at = 0) {
  for (let i = 0; i < from.length; i++) to[at + i] = Number(to[at + i]) + Number(from[i]);
}

/**
 * The forward pass for one context.
 * @param {Parameters} parameters
 * @param {Sizes} sizes
 * @param {Int32Array} ids
 */
export function forward({ embedding, input, bias, output, outputBias }, { context, d }, ids) {
  const x = new Float64Array(context * d);
  ids.forEach((id, i) => x.set(embedding.subarray(id * d, (id + 1) * d), i * d));
  const h = Float64Array.from(bias);
  addProduct(h, input, x);
  for (let i = 0; i < h.length; i++) h[i] = Math.tanh(Number(h[i]));
  const logits = Float64Array.from(outputBias);
  addProduct(logits, output, h);
  return { x, h, logits };
}

/**
 * The mean loss of a batch, in nats per character, and its gradient with respect to every parameter.
 * @param {Parameters} parameters
 * @param {Sizes} sizes
 * @param {Batch} batch
 * @returns {{ loss: number, gradients: Parameters }}
 */
export function backward(parameters, sizes, { inputs, targets }) {
  const { context, d } = sizes;
  const gradients = /** @type {Parameters} */ (
    Object.fromEntries(
      Object.entries(parameters).map(([name, { length }]) => [name, new Float64Array(length)]),
    )
  );
  let loss = 0;
  targets.forEach((target, row) => {
    const ids = inputs.subarray(row * context, (row + 1) * context);
    const { x, h, logits } = forward(parameters, sizes, ids);
    const dLogits = softmax(logits);
    loss -= Math.log(Number(dLogits[target])) / targets.length;
    // The gradient of cross-entropy with respect to the logits: the probabilities, less 1 at the target.
    dLogits[target] = Number(dLogits[target]) - 1;
    for (let i = 0; i < dLogits.length; i++) dLogits[i] = Number(dLogits[i]) / targets.length;
    const dHidden = new Float64Array(h.length);
    addGradients(gradients.output, dHidden, parameters.output, h, dLogits);
    add(gradients.outputBias, dLogits);
    for (let i = 0; i < h.length; i++) dHidden[i] = Number(dHidden[i]) * (1 - Number(h[i]) ** 2);
    const dX = new Float64Array(x.length);
    addGradients(gradients.input, dX, parameters.input, x, dHidden);
    add(gradients.bias, dHidden);
    ids.forEach((id, i) => add(gradients.embedding, dX.subarray(i * d, (i + 1) * d), id * d));
  });
  return { loss, gradients };
}
