// Scaled dot-product self-attention with all intermediate results, equal to
// `cs336_core.model.attention`.

/** @typedef {"none" | "causal" | "window" | "prefix"} Mask */

/**
 * @typedef {object} Settings
 * @property {Mask} mask
 * @property {number} window the length of the sliding window, including the token itself
 * @property {number} prefix how many of the first tokens are visible to all
 * @property {number} padding how many of the last tokens are padding
 * @property {number} temperature
 * @property {boolean} scaled whether scores are divided by the square root of d
 */

/** One row of numbers per token. @typedef {readonly (readonly number[])[]} Rows */

/**
 * The attention of one head; values for pairs of tokens are indexed `[query][key]`.
 * @typedef {object} Attention
 * @property {number[][]} products the dot products
 * @property {number[][]} scores scaled, before masking
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
 * Whether a query may attend to a key, in a sequence of `n` tokens.
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
 * Weights that sum to 1, or zeros if nothing is allowed.
 * @param {readonly number[]} scores
 * @param {readonly boolean[]} allowed
 */
export function softmax(scores, allowed) {
  const exponentials = exponentialsOf(scores, allowed);
  const total = sum(exponentials);
  return exponentials.map((exponential) => (total > 0 ? exponential / total : 0));
}

/**
 * The exponentials that the softmax normalizes; the largest score is subtracted first, so that none
 * overflows.
 * @param {readonly number[]} scores
 * @param {readonly boolean[]} allowed
 */
export function exponentialsOf(scores, allowed) {
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
  return { products, scores, allowed, weights, outputs: weights.map((row) => weightedSum(row, v)) };
}

/**
 * The weighted sum of the values.
 * @param {readonly number[]} weights
 * @param {Rows} values
 */
function weightedSum(weights, values) {
  return (values[0] ?? []).map((_, i) =>
    sum(values.map((value, at) => (weights[at] ?? 0) * (value[i] ?? 0))),
  );
}
