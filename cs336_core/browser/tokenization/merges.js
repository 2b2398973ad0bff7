// The merges of a vocabulary, and their work on one pre-token. Ids 0 to 255 are the single bytes, in
// whatever order; id 256 + i is what merge i makes, so that a lower id is a merge of higher rank.

import { Heap } from "./heap.js";

const FIRST = 256;
/** More ids than any vocabulary has here: a pair of ids as one number. */
const IDS = 2 ** 18;
/** More places than a text of 5 MB has bytes: an id and a place as one number. */
const PLACES = 2 ** 23;
const GONE = -1;

export class Merges {
  constructor() {
    /** @type {Map<number, number>} a pair -> what it becomes */
    this.made = new Map();
    /** @type {[left: number, right: number][]} */
    this.pairs = [];
  }

  /**
   * Adds the next merge.
   * @param {number} left
   * @param {number} right
   */
  add(left, right) {
    this.made.set(left * IDS + right, FIRST + this.pairs.length);
    this.pairs.push([left, right]);
  }

  /**
   * Joins the tokens of one pre-token: the pair that was learned first, where there are several of
   * it the leftmost, until no pair is left that merges. A queue finds that pair, so that a long
   * pre-token takes n log n steps and not n².
   * @param {ArrayLike<number>} ids
   * @returns {number[]}
   */
  apply(ids) {
    const tokens = Array.from(ids);
    const after = tokens.map((_, at) => at + 1);
    const before = tokens.map((_, at) => at - 1);
    const end = tokens.length;
    const queue = new Heap();
    /** @param {number} at @returns {number | undefined} what the token there and the next become */
    const offered = (at) =>
      this.made.get(Number(tokens[at]) * IDS + Number(tokens[Number(after[at])]));
    /** @param {number} at */
    const offer = (at) => {
      const made = at < 0 || Number(after[at]) >= end ? undefined : offered(at);
      if (made !== undefined) queue.push(made * PLACES + at);
    };
    for (let at = 0; at < end; at++) offer(at);
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const at = item % PLACES;
      const made = (item - at) / PLACES;
      // An offer is out of date where one of its two tokens has merged with another meanwhile.
      if (tokens[at] === GONE || offered(at) !== made) continue;
      const right = Number(after[at]);
      const next = Number(after[right]);
      tokens[at] = made;
      tokens[right] = GONE;
      after[at] = next;
      if (next < end) before[next] = at;
      offer(Number(before[at]));
      offer(at);
    }
    return tokens.filter((token) => token !== GONE);
  }
}
