// The softmax, equal to `softmax` of `cs336_core.model.attention`.

/**
 * Probabilities of the logits; minus infinity is impossible. The largest logit is subtracted first, so
 * that no exponential overflows.
 * @param {ArrayLike<number>} logits
 */
export function softmax(logits) {
  const probabilities = Float64Array.from(logits);
  const highest = probabilities.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    probabilities[i] = Math.exp(Number(probabilities[i]) - highest);
    total += Number(probabilities[i]);
  }
  return probabilities.map((x) => x / total);
}
