// The first tokens of a text as pieces to draw: where each begins and ends, and its bytes.

import { isContinuation } from "./measure.js";

/** Draw at most this many tokens, and none that begins beyond MAX_BYTES. */
export const MAX_TOKENS = 1000;
const MAX_BYTES = 30_000;
const MAX_TOKEN_BYTES = 200;

/**
 * @typedef {object} Piece a token to draw
 * @property {number} id
 * @property {number} from the bit of the text at which it begins
 * @property {number} to the bit before which it ends
 * @property {Uint8Array} bytes the bytes that contain it; only the first bytes of a long token
 * @property {boolean} long whether `bytes` leaves some out
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
 * @returns {{ pieces: Piece[], groups: Group[] }} `groups`: pieces `first` to `end` - 1 share
 *   characters
 */
export function piecesToDraw(text, data, { ids, bitsOf }) {
  /** @type {Piece[]} */
  const pieces = [];
  let from = 0;
  for (const id of ids.subarray(0, MAX_TOKENS)) {
    if (from > 8 * MAX_BYTES) break;
    const to = from + bitsOf(id);
    const [first, end] = [from >> 3, (to + 7) >> 3];
    const long = end - first > MAX_TOKEN_BYTES;
    const bytes = data.slice(first, long ? shortenedEnd(data, first) : end);
    pieces.push({ id, from, to, bytes, long });
    from = to;
  }
  return { pieces, groups: groupsOf(pieces, text, data) };
}

/**
 * The end of the whole characters that fit in MAX_TOKEN_BYTES bytes from `first` on.
 * @param {Uint8Array} data
 * @param {number} first
 */
function shortenedEnd(data, first) {
  let end = first + MAX_TOKEN_BYTES;
  while (isContinuation(data[end])) end -= 1;
  return end;
}

/**
 * Groups the tokens that share a character as people see it: a letter with its accents, or an emoji
 * built from several code points.
 * @param {Piece[]} pieces
 * @param {string} text
 * @param {Uint8Array} data
 * @returns {Group[]}
 */
function groupsOf(pieces, text, data) {
  const bytesDrawn = Math.min(2 * MAX_BYTES, (pieces.at(-1)?.to ?? 0) / 8);
  const textDrawn = text.slice(0, Math.ceil(bytesDrawn));
  const characterEnds = new Set([0]);
  let lastEnd = 0;
  for (const part of segmenter ? segmenter.segment(textDrawn) : textDrawn) {
    lastEnd += 8 * utf8.encode(typeof part === "string" ? part : part.segment).length;
    characterEnds.add(lastEnd);
  }
  /** @type {Group[]} */
  const groups = [];
  let first = 0;
  pieces.forEach(({ to }, i) => {
    if (to <= lastEnd && !characterEnds.has(to)) return;
    const end = i + 1;
    if (end - first > 1) {
      const from = Number(pieces[first]?.from) >> 3;
      const bytes = data.slice(from, Math.min(to >> 3, from + MAX_TOKEN_BYTES));
      groups.push({ first, end, bytes });
    }
    first = end;
  });
  return groups;
}
