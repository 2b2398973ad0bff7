// Scaled dot-product attention of a sentence to itself, with every number on the way kept: the same
// as cs336_core.model.attention, to which the tests hold it.

/** @typedef {"none" | "causal" | "window" | "prefix"} Mask */

/**
 * @typedef {object} Settings
 * @property {Mask} mask
 * @property {number} window how many tokens a sliding window holds, the token itself among them
 * @property {number} prefix how many of the first tokens all may attend to
 * @property {number} padding how many of the last tokens only fill up
 * @property {number} temperature
 * @property {boolean} scaled whether scores are divided by the square root of d
 */

/** Rows of numbers, one a token. @typedef {readonly (readonly number[])[]} Rows */

/**
 * One head's attention; `[query][key]` where it is of two tokens.
 * @typedef {object} Attention
 * @property {number[][]} products the dot products
 * @property {number[][]} scores what the softmax would get without a mask
 * @property {boolean[][]} allowed
 * @property {number[][]} weights
 * @property {number[][]} outputs
 */

/** @type {Record<Mask, (query: number, key: number, settings: Settings) => boolean>} */
const MASKS = {
  none: () => true,
  causal: (query, key) => key <= query,
  window: (query, key, { window }) => key <= query && query - key < window,
  prefix: (query, key, { prefix }) => key <= query || key < prefix,
};

/**
 * Whether a query may attend to a key, in a sentence of `n` tokens.
 * @param {number} query
 * @param {number} key
 * @param {number} n
 * @param {Settings} settings
 */
export function mayAttend(query, key, n, settings) {
  return key < n - settings.padding && MASKS[settings.mask](query, key, settings);
}

/** @param {readonly number[]} a @param {readonly number[]} b */
export function productsOf(a, b) {
  return a.map((x, i) => x * (b[i] ?? 0));
}

/** @param {readonly number[]} numbers */
export const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);

/**
 * Shares that add up to 1; where nothing is allowed, all are 0.
 * @param {readonly number[]} scores
 * @param {readonly boolean[]} allowed
 */
export function softmax(scores, allowed) {
  const powers = powersOf(scores, allowed);
  const total = sum(powers);
  return powers.map((power) => (total > 0 ? power / total : 0));
}

/**
 * What the softmax divides by its sum: e to each score, the largest taken off first so that none is
 * too large.
 * @param {readonly number[]} scores
 * @param {readonly boolean[]} allowed
 */
export function powersOf(scores, allowed) {
  const highest = highestOf(scores, allowed);
  return scores.map((score, i) => (allowed[i] ? Math.exp(score - highest) : 0));
}

/** The largest score that is allowed. @param {readonly number[]} scores @param {readonly boolean[]} allowed */
export function highestOf(scores, allowed) {
  return Math.max(...scores.filter((_, i) => allowed[i]));
}

/** What dot products are divided by. @param {Settings} settings @param {number} d */
export function divisorOf({ temperature, scaled }, d) {
  return temperature * (scaled ? Math.sqrt(d) : 1);
}

/**
 * @param {Rows} q
 * @param {Rows} k
 * @param {Rows} v
 * @param {Settings} settings
 * @returns {Attention}
 */
export function attend(q, k, v, settings) {
  const n = q.length;
  const divisor = divisorOf(settings, q[0]?.length ?? 1);
  const products = q.map((query) => k.map((key) => sum(productsOf(query, key))));
  const scores = products.map((row) => row.map((product) => product / divisor));
  const allowed = q.map((_, row) => k.map((_, column) => mayAttend(row, column, n, settings)));
  const weights = scores.map((row, i) => softmax(row, /** @type {boolean[]} */ (allowed[i])));
  return { products, scores, allowed, weights, outputs: weights.map((row) => mixed(row, v)) };
}

/**
 * The mean of the values, each with its weight.
 * @param {readonly number[]} weights
 * @param {Rows} values
 */
function mixed(weights, values) {
  return (values[0] ?? []).map((_, i) =>
    sum(values.map((value, at) => (weights[at] ?? 0) * (value[i] ?? 0))),
  );
}
