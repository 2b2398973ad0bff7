// What speculative decoding gains on average, equal to `cs336_core.accounting.serving.speculative`.

/**
 * The mean number of tokens per pass of the large model: 1 + a + a² + ... + aⁿ.
 * @param {number} acceptance the probability that a draft is accepted
 * @param {number} drafts
 */
export const expectedTokens = (acceptance, drafts) =>
  Array.from({ length: drafts + 1 }, (_, i) => acceptance ** i).reduce((sum, p) => sum + p, 0);

/**
 * How many times as fast a text is written as without drafts.
 * @param {number} acceptance
 * @param {number} drafts
 * @param {number} draftCost the time of a draft, as a fraction of a pass of the large model
 */
export const speculativeSpeedup = (acceptance, drafts, draftCost) =>
  expectedTokens(acceptance, drafts) / (1 + drafts * draftCost);
