// How a token was formed: the tree of its merges.

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */
/** @typedef {{ id: number, parts: [] | [MergeTree, MergeTree] }} MergeTree a token and its two halves */

/**
 * The merge tree of a token; a single byte has no parts.
 * @param {readonly import("../../browser/tokenization/pair_counter.js").Pair[]} merges
 * @param {number} id
 * @returns {MergeTree}
 */
export function mergeTree(merges, id) {
  const pair = merges[id - 256];
  return { id, parts: pair ? [mergeTree(merges, pair[0]), mergeTree(merges, pair[1])] : [] };
}

/**
 * The ids of all merged tokens in a merge tree, in the order in which they were learned.
 * @param {MergeTree} tree
 */
export function mergedIds(tree) {
  /** @type {Set<number>} */
  const ids = new Set();
  const visit = (/** @type {MergeTree} */ { id, parts }) => {
    if (parts.length === 0 || ids.has(id)) return;
    ids.add(id);
    parts.forEach(visit);
  };
  visit(tree);
  return [...ids].sort((a, b) => a - b);
}

/**
 * The tokens of which a token is a half, within the first `step` merges.
 * @param {readonly import("../../browser/tokenization/pair_counter.js").Pair[]} merges
 * @param {number} id
 * @param {number} step
 */
export function tokensWithHalf(merges, id, step) {
  return merges.slice(0, step).flatMap((pair, i) => (pair.includes(id) ? [256 + i] : []));
}

/**
 * How often a token occurs in the corpus after `step` merges.
 * @param {Run} run
 * @param {number} id
 * @param {number} step
 */
export function occurrencesAt({ states, corpus }, id, step) {
  const { ids, ends } = /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
    states[step]
  );
  let [i, occurrences] = [0, 0];
  ends.forEach((end, word) => {
    for (; i < end; i++)
      if (ids[i] === id)
        occurrences += /** @type {import("../../browser/tokenization/corpus.js").Word} */ (
          corpus.words[word]
        ).count;
  });
  return occurrences;
}
