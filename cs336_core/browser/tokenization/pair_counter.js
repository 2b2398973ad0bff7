// Counts pairs in a table that is made once: a training run counts hundreds of times, and a map of
// pairs would take most of its time.

/** @typedef {[left: number, right: number]} Pair the ids of two adjacent tokens */

/** What the table holds for a pair that was not seen: a word may occur 0 times, and be seen. */
const UNSEEN = -1;

export class PairCounter {
  /**
   * @param {number} ids how many ids there may be
   * @param {number} length how many tokens there may be
   */
  constructor(ids, length) {
    this.ids = ids;
    this.table = new Float64Array(ids * ids).fill(UNSEEN);
    /** The pairs seen, each as left * ids + right, in the order in which they first appear. */
    this.keys = new Int32Array(length);
    this.size = 0;
  }

  /**
   * Counts how often each pair stands side by side inside a word.
   * @param {import("./bpe_training.js").Words} state
   * @param {import("./corpus.js").Corpus} corpus
   */
  count({ ids, ends }, { words }) {
    const { table, keys } = this;
    for (let i = 0; i < this.size; i++) table[/** @type {number} */ (keys[i])] = UNSEEN;
    let size = 0;
    let i = 0;
    for (let word = 0; word < ends.length; word++) {
      const times = /** @type {import("./corpus.js").Word} */ (words[word]).count;
      const end = /** @type {number} */ (ends[word]);
      for (; i + 1 < end; i++) {
        const key = /** @type {number} */ (ids[i]) * this.ids + /** @type {number} */ (ids[i + 1]);
        const seen = /** @type {number} */ (table[key]);
        if (seen === UNSEEN) keys[size++] = key;
        table[key] = seen === UNSEEN ? times : seen + times;
      }
      i = end;
    }
    this.size = size;
  }

  /** The pair seen as number `i`. @param {number} i @returns {Pair} */
  pairAt(i) {
    const key = /** @type {number} */ (this.keys[i]);
    return [Math.floor(key / this.ids), key % this.ids];
  }

  /** How often it occurs. @param {number} i */
  countAt(i) {
    return /** @type {number} */ (this.table[/** @type {number} */ (this.keys[i])]);
  }

  /** How often the most frequent pair occurs. */
  most() {
    let most = 0;
    for (let i = 0; i < this.size; i++) most = Math.max(most, this.countAt(i));
    return most;
  }
}
