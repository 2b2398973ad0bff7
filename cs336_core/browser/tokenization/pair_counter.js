// Counts pairs in a preallocated table: a training run counts hundreds of times, and a Map of pairs
// would take most of its time.

/** @typedef {[left: number, right: number]} Pair the ids of two adjacent tokens */

/** Marks a pair that was not seen; 0 does not, since a word may have a count of 0. */
const UNSEEN = -1;

export class PairCounter {
  /**
   * @param {number} ids the largest number of ids
   * @param {number} length the largest number of tokens
   */
  constructor(ids, length) {
    this.ids = ids;
    this.table = new Float64Array(ids * ids).fill(UNSEEN);
    /** The pairs seen, as left * ids + right, in order of first appearance. */
    this.keys = new Int32Array(length);
    this.size = 0;
  }

  /**
   * Counts how often each pair is adjacent within a word.
   * @param {import("./bpe_training.js").Words} state
   * @param {import("./corpus.js").Corpus} corpus
   */
  count({ ids, ends }, { words }) {
    const { table, keys } = this;
    for (let i = 0; i < this.size; i++) table[/** @type {number} */ (keys[i])] = UNSEEN;
    let size = 0;
    let i = 0;
    for (let word = 0; word < ends.length; word++) {
      const count = /** @type {import("./corpus.js").Word} */ (words[word]).count;
      const end = /** @type {number} */ (ends[word]);
      for (; i + 1 < end; i++) {
        const key = /** @type {number} */ (ids[i]) * this.ids + /** @type {number} */ (ids[i + 1]);
        const seen = /** @type {number} */ (table[key]);
        if (seen === UNSEEN) keys[size++] = key;
        table[key] = seen === UNSEEN ? count : seen + count;
      }
      i = end;
    }
    this.size = size;
  }

  /** The `i`-th pair seen. @param {number} i @returns {Pair} */
  pairAt(i) {
    const key = /** @type {number} */ (this.keys[i]);
    return [Math.floor(key / this.ids), key % this.ids];
  }

  /** The count of the `i`-th pair seen. @param {number} i */
  countAt(i) {
    return /** @type {number} */ (this.table[/** @type {number} */ (this.keys[i])]);
  }

  /** The count of the most frequent pair. */
  maxCount() {
    let max = 0;
    for (let i = 0; i < this.size; i++) max = Math.max(max, this.countAt(i));
    return max;
  }
}
