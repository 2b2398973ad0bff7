// What a forward pass says: probabilities, the guesses on the way up, and what each addition promotes.

import { softmax } from "../softmax.js";
import { linear, norm, rowOf } from "./matrix.js";
import { logitsOf, NOTHING, readable } from "./model.js";
import { rootMeanSquare } from "./norm.js";
import { FINAL_NORM, headPart, mlpPart } from "./parts.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").Pass} Pass */
/** @typedef {{ id: number, logit: number, probability: number }} Candidate */

/** The indices of the `n` largest numbers, in order. @param {ArrayLike<number>} numbers @param {number} n */
export function largest(numbers, n) {
  /** @type {number[]} */
  const top = [];
  for (let i = 0; i < numbers.length; i++) {
    const value = Number(numbers[i]);
    if (top.length === n && value <= Number(numbers[Number(top[n - 1])])) continue;
    let at = top.length;
    while (at > 0 && Number(numbers[Number(top[at - 1])]) < value) at -= 1;
    top.splice(at, 0, i);
    if (top.length > n) top.pop();
  }
  return top;
}

/**
 * The distribution of the next token.
 * @param {Model} model
 * @param {Matrix} row one row of the stream, as the LM head reads it
 */
export function distributionOf(model, row) {
  const { data: logits } = logitsOf(model, row);
  const probabilities = softmax(logits);
  /** @param {number} id @returns {Candidate} */
  const candidate = (id) => ({
    id,
    logit: Number(logits[id]),
    probability: Number(probabilities[id]),
  });
  return { candidate, top: (/** @type {number} */ n) => largest(logits, n).map(candidate) };
}

/** One row as a matrix of its own. @param {Matrix} matrix @param {number} row @returns {Matrix} */
export const single = (matrix, row) => ({
  rows: 1,
  columns: matrix.columns,
  data: rowOf(matrix, row),
});

/** The logits of the token after all that a pass has read. @param {Model} model @param {Pass} pass */
export const lastLogits = (model, { final }) => logitsOf(model, single(final, final.rows - 1)).data;

/**
 * What the model would predict if it ended at each height: after the embedding, then after each block
 * (the logit lens).
 * @param {Model} model
 * @param {Pass} pass
 * @param {number} position
 * @param {ReadonlySet<string>} [removed]
 * @returns {Candidate[]}
 */
export function guesses(model, { embeddings, blocks }, position, removed = NOTHING) {
  return [embeddings, ...blocks.map(({ output }) => output)].map((stream) => {
    const [best] = distributionOf(model, readable(model, rowOf(stream, position), removed)).top(1);
    return /** @type {Candidate} */ (best);
  });
}

/**
 * Something that is added to the stream of one position.
 * @typedef {object} Contribution
 * @property {string} part its name, see parts.js; "embedding" for the bottom of the stream
 * @property {number} block from 0; -1 for the embedding
 * @property {Float32Array} vector
 * @property {number} size its length
 */

/**
 * Everything that is added to the stream of a position, from the bottom up. Their sum is the stream.
 * @param {Pass} pass
 * @param {number} position
 * @returns {Contribution[]}
 */
export function contributions({ embeddings, blocks }, position) {
  /** @param {string} part @param {number} block @param {Matrix} matrix @returns {Contribution} */
  const of = (part, block, matrix) => {
    const vector = rowOf(matrix, position);
    return { part, block, vector, size: norm(vector) };
  };
  return [
    of("embedding", -1, embeddings),
    ...blocks.flatMap(({ attention, mlp }, block) => [
      ...attention.heads.map(({ addition }, head) => of(headPart(block, head), block, addition)),
      of(mlpPart(block), block, mlp),
    ]),
  ];
}

/**
 * What a contribution changes in each logit, given the scale of the final norm in this pass.
 * @param {Model} model
 * @param {Pass} pass
 * @param {number} position
 * @param {Float32Array} vector
 * @param {ReadonlySet<string>} [removed]
 * @returns {Float32Array} by id
 */
export function logitChanges(model, pass, position, vector, removed = NOTHING) {
  const stream = rowOf(/** @type {Matrix} */ (pass.blocks.at(-1)?.output), position);
  const root = removed.has(FINAL_NORM) ? 1 : rootMeanSquare(stream, model.config.norm_eps);
  const scaled = removed.has(FINAL_NORM)
    ? vector
    : vector.map((x, i) => (x / root) * Number(model.norm[i]));
  return linear({ rows: 1, columns: scaled.length, data: scaled }, model.embedding).data;
}

/**
 * The mean loss on a text, in nats per token; undefined for a text of one token, which has nothing to
 * predict.
 * @param {Model} model
 * @param {Pass} pass
 * @param {ArrayLike<number>} ids
 */
export function lossOf(model, { final }, ids) {
  if (ids.length < 2) return undefined;
  const logits = logitsOf(model, final);
  let total = 0;
  for (let i = 0; i + 1 < ids.length; i++) {
    const row = rowOf(logits, i);
    total += logSumExp(row) - Number(row[Number(ids[i + 1])]);
  }
  return total / (ids.length - 1);
}

/** The log-probability of each token, in nats. @param {Float32Array} logits */
export function logProbabilities(logits) {
  const total = logSumExp(logits);
  return Float64Array.from(logits, (logit) => logit - total);
}

/** The logarithm of the sum of exponentials, without overflow. @param {Float32Array} logits */
function logSumExp(logits) {
  let highest = -Infinity;
  for (let i = 0; i < logits.length; i++) highest = Math.max(highest, Number(logits[i]));
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(Number(logits[i]) - highest);
  return highest + Math.log(sum);
}
