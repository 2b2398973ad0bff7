// Offsets in a text: JavaScript counts UTF-16 code units, tokens are bits of its UTF-8.

import { bytesOf } from "../../browser/tokenization/simple.js";

const utf8 = new TextEncoder();

/**
 * The bits of UTF-8 of a slice of a text.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
export function bitRange(text, start, end) {
  const from = 8 * utf8.encode(text.slice(0, start)).length;
  return { from, to: from + 8 * utf8.encode(text.slice(start, end)).length };
}

/**
 * The slice of a text that covers a range of bits of its UTF-8, in whole characters.
 * @param {string} text
 * @param {{ from: number, to: number }} bits
 * @returns {[start: number, end: number]}
 */
export function textRange(text, { from, to }) {
  let [bit, start, index] = [0, -1, 0];
  for (const character of text) {
    const endBit = bit + 8 * bytesOf(Number(character.codePointAt(0)));
    if (start < 0 && endBit > from) start = index;
    index += character.length;
    if (endBit >= to) return [start, index];
    bit = endBit;
  }
  return start < 0 ? [text.length, text.length] : [start, text.length];
}

/** The size of a text in UTF-8, in bytes. @param {string} text */
export function byteSize(text) {
  return utf8.encode(text).length;
}
