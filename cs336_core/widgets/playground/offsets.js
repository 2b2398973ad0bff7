// Places in a text: JavaScript counts halves of UTF-16, tokens lie in the bytes of UTF-8.

import { bytesOf } from "../../browser/tokenization/simple.js";

const utf8 = new TextEncoder();

/**
 * The bits of UTF-8 of a part of a text.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
export function bitsOf(text, start, end) {
  const from = 8 * utf8.encode(text.slice(0, start)).length;
  return { from, to: from + 8 * utf8.encode(text.slice(start, end)).length };
}

/**
 * The part of a text that has some bits of its UTF-8: characters as a whole.
 * @param {string} text
 * @param {{ from: number, to: number }} range
 * @returns {[start: number, end: number]}
 */
export function partOf(text, { from, to }) {
  let [at, start, place] = [0, -1, 0];
  for (const character of text) {
    const after = at + 8 * bytesOf(Number(character.codePointAt(0)));
    if (start < 0 && after > from) start = place;
    place += character.length;
    if (after >= to) return [start, place];
    at = after;
  }
  return start < 0 ? [text.length, text.length] : [start, text.length];
}

/** How many bytes a text has in UTF-8. @param {string} text */
export function sizeOf(text) {
  return utf8.encode(text).length;
}
