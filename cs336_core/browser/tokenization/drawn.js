// The first tokens of a text, with all that is needed to draw them.

import { goesOn } from "./measure.js";

/** At most so many tokens are drawn, and none after so many bytes. */
export const MOST_TOKENS = 1000;
const MOST_BYTES = 30_000;
const LONGEST = 200; // bytes of one token

/**
 * @typedef {object} Piece a token that is drawn
 * @property {number} id
 * @property {number} from the bit of the text at which it begins
 * @property {number} to the bit before which it ends
 * @property {Uint8Array} bytes those that it lies in; of a long one the first
 * @property {boolean} long whether it has more bytes than that
 */

/** @typedef {{ first: number, end: number, bytes: Uint8Array }} Group */

const utf8 = new TextEncoder();
const segmenter = globalThis.Intl?.Segmenter
  ? new Intl.Segmenter("en", { granularity: "grapheme" })
  : null;

/**
 * @param {string} text
 * @param {Uint8Array} data the text in UTF-8
 * @param {import("./simple.js").Encoded} encoded
 * @returns {{ pieces: Piece[], groups: Group[] }} `groups`: the tokens from `first` to before `end`
 *   share characters
 */
export function drawn(text, data, { ids, bitsOf }) {
  /** @type {Piece[]} */
  const pieces = [];
  let from = 0;
  for (const id of ids.subarray(0, MOST_TOKENS)) {
    if (from > 8 * MOST_BYTES) break;
    const to = from + bitsOf(id);
    const [first, end] = [from >> 3, (to + 7) >> 3];
    const long = end - first > LONGEST;
    pieces.push({
      id,
      from,
      to,
      bytes: data.slice(first, long ? first + whole(data, first) : end),
      long,
    });
    from = to;
  }
  return { pieces, groups: groups(pieces, text, data) };
}

/**
 * How many of the bytes from `first` on are the first whole characters of a long token.
 * @param {Uint8Array} data
 * @param {number} first
 */
function whole(data, first) {
  let end = first + LONGEST;
  while (goesOn(data[end])) end -= 1;
  return end - first;
}

/**
 * Groups the tokens that share a character, as people see characters: a letter with its accents, an
 * emoji that is made of several.
 * @param {Piece[]} pieces
 * @param {string} text
 * @param {Uint8Array} data
 * @returns {Group[]}
 */
function groups(pieces, text, data) {
  const last = Math.min(2 * MOST_BYTES, (pieces.at(-1)?.to ?? 0) / 8);
  const shown = text.slice(0, Math.ceil(last));
  const ends = new Set([0]);
  let at = 0;
  for (const part of segmenter ? segmenter.segment(shown) : shown) {
    at += 8 * utf8.encode(typeof part === "string" ? part : part.segment).length;
    ends.add(at);
  }
  /** @type {Group[]} */
  const found = [];
  let first = 0;
  pieces.forEach(({ to }, i) => {
    if (to <= at && !ends.has(to)) return;
    const end = i + 1;
    if (end - first > 1) {
      const from = Number(pieces[first]?.from) >> 3;
      found.push({ first, end, bytes: data.slice(from, Math.min(to >> 3, from + LONGEST)) });
    }
    first = end;
  });
  return found;
}
