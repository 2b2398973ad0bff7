// What belongs together: a token, its id, the same text in other vocabularies, the text itself. The
// elements are marked directly, since drawing thousands of tokens anew takes longer than a pointer
// rests on one.

import { NAMES } from "./settings.js";

/** @typedef {{ from: number, to: number }} Range bits of the text's UTF-8 */
/** @typedef {{ name: string, pieces: Range[], elements: ArrayLike<Element>[] }} Member a tokenizer; `elements`: each list has one for each piece */

export class Links {
  constructor() {
    /** @type {Set<Member>} */
    this.members = new Set();
    /** @type {Set<(range: Range | null, sentence: string) => void>} */
    this.listeners = new Set();
    /** @type {Element[]} */
    this.lit = [];
    /** @type {Element | null} */
    this.root = null;
  }

  /** @param {Member} member @returns {() => void} what takes it out again */
  add(member) {
    this.members.add(member);
    return () => this.members.delete(member);
  }

  /**
   * How many tokens of each tokenizer share a bit with a range.
   * @param {Range} range
   */
  counts(range) {
    const counts = Array.from(this.members, ({ name, pieces }) => {
      const [first, end] = touched(pieces, range);
      return { name, tokens: end - first };
    });
    // In the order in which they are offered: their vocabularies arrive in any order.
    return counts.sort((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name));
  }

  /** @param {(range: Range | null, sentence: string) => void} listener @returns {() => void} */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Lights all that shares a bit with a range; dims the rest.
   * @param {Range | null} range
   * @param {string} [sentence] the same in words
   */
  show(range, sentence = "") {
    for (const element of this.lit) element.classList.remove("cs336-lit");
    this.lit = [];
    this.root?.classList.toggle("cs336-linking", range !== null);
    for (const { pieces, elements } of range ? this.members : []) {
      const [first, end] = touched(pieces, /** @type {Range} */ (range));
      for (const list of elements) {
        for (let i = first; i < end; i++) {
          const element = list[i];
          if (!element) continue;
          element.classList.add("cs336-lit");
          this.lit.push(element);
        }
      }
    }
    for (const listener of this.listeners) listener(range, sentence);
  }
}

/**
 * Which of the pieces, from the first to before the second, share a bit with a range.
 * @param {Range[]} pieces in order, one after another
 * @param {Range} range
 * @returns {[first: number, end: number]}
 */
export function touched(pieces, { from, to }) {
  const first = pieces.findIndex((piece) => piece.to > from);
  if (first < 0 || to <= from) return [0, 0];
  const end = pieces.findIndex((piece, i) => i >= first && piece.from >= to);
  return [first, end < 0 ? pieces.length : end];
}
