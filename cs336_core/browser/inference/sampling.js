// The distribution of the next token, equal to `cs336_core.inference.sampling`.

import { softmax } from "../model/softmax.js";

/**
 * What a reader chooses; `topK`: `Infinity` for all tokens.
 * @typedef {{ temperature: number, topK: number, topP: number, minP: number }} Sampling
 * @typedef {"top_k" | "top_p" | "min_p"} Filter
 */

/** The logits, with minus infinity for dropped tokens. @param {readonly number[]} logits @param {(i: number) => boolean} isDropped */
const without = (logits, isDropped) =>
  logits.map((logit, i) => (isDropped(i) ? Number.NEGATIVE_INFINITY : logit));

/** @param {readonly number[]} logits @param {number} k */
export function keepTopK(logits, k) {
  if (k >= logits.length) return [...logits];
  const smallest = /** @type {number} */ ([...logits].sort((a, b) => b - a)[k - 1]);
  return without(logits, (i) => /** @type {number} */ (logits[i]) < smallest);
}

/** @param {readonly number[]} logits @param {number} p */
export function keepTopP(logits, p) {
  if (p >= 1) return [...logits];
  const probs = softmax(logits);
  const dropped = new Set();
  let before = 0;
  for (const i of mostProbable(probs)) {
    if (before >= p) dropped.add(i);
    before += /** @type {number} */ (probs[i]);
  }
  return without(logits, (i) => dropped.has(i));
}

/** @param {readonly number[]} logits @param {number} p */
export function keepMinP(logits, p) {
  const probs = softmax(logits);
  const least = p * Math.max(...probs);
  return without(logits, (i) => /** @type {number} */ (probs[i]) < least);
}

/**
 * The indices of probabilities, the largest first; of equal ones, the lower index.
 * @param {Iterable<number>} probs
 */
export const mostProbable = (probs) =>
  Array.from(probs, (prob, i) => /** @type {const} */ ([prob, i]))
    .sort((a, b) => b[0] - a[0] || a[1] - b[1])
    .map(([, i]) => i);

/**
 * The distribution that the next token is drawn from, and the filter that dropped each token.
 * @param {readonly number[]} logits
 * @param {Sampling} sampling
 */
export function distribution(logits, { temperature, topK, topP, minP }) {
  /** @type {(Filter | undefined)[]} */
  const droppedBy = logits.map(() => undefined);
  if (temperature === 0) {
    const best = logits.indexOf(Math.max(...logits));
    return { probs: logits.map((_, i) => Number(i === best)), droppedBy };
  }
  let scaled = logits.map((logit) => logit / temperature);
  /** @type {[Filter, (scaled: number[]) => number[]][]} */
  const filters = [
    ["top_k", (each) => keepTopK(each, topK)],
    ["top_p", (each) => keepTopP(each, topP)],
    ["min_p", (each) => (minP > 0 ? keepMinP(each, minP) : each)],
  ];
  for (const [name, filter] of filters) {
    const filtered = filter(scaled);
    filtered.forEach((logit, i) => {
      if (logit === Number.NEGATIVE_INFINITY && scaled[i] !== logit) droppedBy[i] = name;
    });
    scaled = filtered;
  }
  return { probs: [...softmax(scaled)], droppedBy };
}

/** The uncertainty of a distribution, in bits. @param {readonly number[]} probs */
export const entropy = (probs) =>
  probs.reduce((sum, prob) => sum - (prob > 0 ? prob * Math.log2(prob) : 0), 0);
