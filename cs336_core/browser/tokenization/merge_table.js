// The merges of a vocabulary, and how they apply to one pre-token. Ids 0 to 255 are the single bytes,
// in any order; merge i creates id 256 + i, and the smaller id merges first.

import { Heap } from "./heap.js";

const FIRST_MERGED_ID = 256;
/** Larger than any vocabulary here, so that a pair of ids fits in one number. */
const MAX_IDS = 2 ** 18;
/** Larger than the bytes of a 5 MB text, so that an id and a position fit in one number. */
const MAX_POSITIONS = 2 ** 23;
const REMOVED = -1;

export class MergeTable {
  constructor() {
    /** @type {Map<number, number>} a pair, as left * MAX_IDS + right -> the id it becomes */
    this.mergedIds = new Map();
    /** @type {[left: number, right: number][]} */
    this.pairs = [];
  }

  /**
   * Adds the next merge.
   * @param {number} left
   * @param {number} right
   */
  add(left, right) {
    this.mergedIds.set(left * MAX_IDS + right, FIRST_MERGED_ID + this.pairs.length);
    this.pairs.push([left, right]);
  }

  /**
   * Merges the tokens of one pre-token: always the pair that was learned first, and its leftmost
   * occurrence, until no pair merges. A priority queue finds that pair, so that a long pre-token
   * takes n log n steps instead of n².
   * @param {ArrayLike<number>} ids
   * @returns {number[]}
   */
  apply(ids) {
    const tokens = Array.from(ids);
    const next = tokens.map((_, position) => position + 1);
    const previous = tokens.map((_, position) => position - 1);
    const end = tokens.length;
    const queue = new Heap();
    /**
     * The id that the token at a position and the next token become.
     * @param {number} position
     * @returns {number | undefined}
     */
    const mergedIdAt = (position) =>
      this.mergedIds.get(
        Number(tokens[position]) * MAX_IDS + Number(tokens[Number(next[position])]),
      );
    /** @param {number} position */
    const enqueue = (position) => {
      if (position < 0 || Number(next[position]) >= end) return;
      const mergedId = mergedIdAt(position);
      if (mergedId !== undefined) queue.push(mergedId * MAX_POSITIONS + position);
    };
    for (let position = 0; position < end; position++) enqueue(position);
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const position = item % MAX_POSITIONS;
      const mergedId = (item - position) / MAX_POSITIONS;
      // An entry is stale if one of its two tokens has since merged with another.
      if (tokens[position] === REMOVED || mergedIdAt(position) !== mergedId) continue;
      const right = Number(next[position]);
      const following = Number(next[right]);
      tokens[position] = mergedId;
      tokens[right] = REMOVED;
      next[position] = following;
      if (following < end) previous[following] = position;
      enqueue(Number(previous[position]));
      enqueue(position);
    }
    return tokens.filter((token) => token !== REMOVED);
  }
}
