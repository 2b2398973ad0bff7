// Links a token with its id, with the same text in other vocabularies and with the text itself, to
// highlight them together. Elements are marked directly: rendering thousands of tokens again would
// take longer than a pointer rests on one.

import { NAMES } from "./settings.js";

/** @typedef {{ from: number, to: number }} Range bits of the text's UTF-8 */
/** @typedef {{ name: string, pieces: Range[], elements: ArrayLike<Element>[] }} Member a tokenizer; `elements`: lists with one element per piece */

export class Links {
  constructor() {
    /** @type {Set<Member>} */
    this.members = new Set();
    /** @type {Set<(range: Range | null, sentence: string) => void>} */
    this.listeners = new Set();
    /** @type {Element[]} */
    this.highlighted = [];
    /** @type {Element | null} */
    this.root = null;
  }

  /** @param {Member} member @returns {() => void} removes it */
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
      const [first, end] = overlapping(pieces, range);
      return { name, tokens: end - first };
    });
    // In the order of the buttons: vocabularies arrive in any order.
    return counts.sort((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name));
  }

  /** @param {(range: Range | null, sentence: string) => void} listener @returns {() => void} stops listening */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Highlights everything that shares a bit with a range, and dims the rest.
   * @param {Range | null} range
   * @param {string} [sentence] describes the range
   */
  show(range, sentence = "") {
    for (const element of this.highlighted) element.classList.remove("cs336-lit");
    this.highlighted = [];
    this.root?.classList.toggle("cs336-linking", range !== null);
    for (const { pieces, elements } of range ? this.members : []) {
      const [first, end] = overlapping(pieces, /** @type {Range} */ (range));
      for (const list of elements) {
        for (let i = first; i < end; i++) {
          const element = list[i];
          if (!element) continue;
          element.classList.add("cs336-lit");
          this.highlighted.push(element);
        }
      }
    }
    for (const listener of this.listeners) listener(range, sentence);
  }
}

/**
 * The indices of the pieces that share a bit with a range: from `first` up to but not including `end`.
 * @param {Range[]} pieces consecutive
 * @param {Range} range
 * @returns {[first: number, end: number]}
 */
export function overlapping(pieces, { from, to }) {
  const first = pieces.findIndex((piece) => piece.to > from);
  if (first < 0 || to <= from) return [0, 0];
  const end = pieces.findIndex((piece, i) => i >= first && piece.from >= to);
  return [first, end < 0 ? pieces.length : end];
}
