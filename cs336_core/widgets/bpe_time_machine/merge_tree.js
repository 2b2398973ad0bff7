// How a token came to be: the tree of its merges.

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */
/** @typedef {{ id: number, parts: [] | [Origin, Origin] }} Origin a token and the two it was made of */

/**
 * The merge tree of a token; a byte has no parts.
 * @param {readonly import("../../browser/tokenization/pair_counter.js").Pair[]} merges
 * @param {number} id
 * @returns {Origin}
 */
export function originOf(merges, id) {
  const pair = merges[id - 256];
  return { id, parts: pair ? [originOf(merges, pair[0]), originOf(merges, pair[1])] : [] };
}

/**
 * The ids that had to be made for a token, itself the last, in the order in which they were made.
 * @param {Origin} origin
 */
export function madeFor(origin) {
  /** @type {Set<number>} */
  const ids = new Set();
  const visit = (/** @type {Origin} */ { id, parts }) => {
    if (parts.length === 0 || ids.has(id)) return;
    ids.add(id);
    parts.forEach(visit);
  };
  visit(origin);
  return [...ids].sort((a, b) => a - b);
}

/**
 * The tokens that a token became a part of, by one merge, within the first `step` merges.
 * @param {readonly import("../../browser/tokenization/pair_counter.js").Pair[]} merges
 * @param {number} id
 * @param {number} step
 */
export function partOf(merges, id, step) {
  return merges.slice(0, step).flatMap((pair, i) => (pair.includes(id) ? [256 + i] : []));
}

/**
 * How often a token stands in the corpus after `step` merges.
 * @param {Run} run
 * @param {number} id
 * @param {number} step
 */
export function timesAt({ states, corpus }, id, step) {
  const { ids, ends } = /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
    states[step]
  );
  let [i, times] = [0, 0];
  ends.forEach((end, word) => {
    for (; i < end; i++)
      if (ids[i] === id)
        times += /** @type {import("../../browser/tokenization/corpus.js").Word} */ (
          corpus.words[word]
        ).count;
  });
  return times;
}
