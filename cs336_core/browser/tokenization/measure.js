// Counts of a text and its tokens. Offsets are in bits of UTF-8, since a token can be a single bit.

/** @typedef {import("./simple.js").Encoded} Encoded */

/**
 * @typedef {object} Counts
 * @property {number} tokens
 * @property {number} distinct distinct tokens
 * @property {number} bytes
 * @property {number} characters code points
 * @property {number} split characters that are split over several tokens
 * @property {number} digits characters 0 to 9
 * @property {number} digitTokens tokens that contain a digit
 */

/** Whether a byte continues a character of UTF-8. @param {number | undefined} byte */
export const isContinuation = (byte) => (Number(byte) & 0xc0) === 0x80;

/** @param {number | undefined} byte */
const isDigit = (byte) => Number(byte) >= 0x30 && Number(byte) <= 0x39;

/**
 * @param {Uint8Array} data the text in UTF-8
 * @param {Encoded} encoded
 * @returns {Counts}
 */
export function measure(data, { ids, bitsOf }) {
  let [characters, digits] = [0, 0];
  for (const byte of data) {
    if (!isContinuation(byte)) characters += 1;
    if (isDigit(byte)) digits += 1;
  }
  let [split, lastSplit, digitTokens, begin] = [0, -1, 0, 0];
  for (const id of ids) {
    const end = begin + bitsOf(id);
    for (let byte = begin >> 3; 8 * byte < end; byte++) {
      if (isDigit(data[byte])) {
        digitTokens += 1;
        break;
      }
    }
    let character = end >> 3; // the byte at which the character at the token's end begins
    if (end & 7 || isContinuation(data[character])) {
      while (isContinuation(data[character])) character -= 1;
      if (character !== lastSplit) split += 1;
      lastSplit = character;
    }
    begin = end;
  }
  return {
    tokens: ids.length,
    distinct: countDistinct(ids),
    bytes: data.length,
    characters,
    split,
    digits,
    digitTokens,
  };
}

/** @param {Uint8Array | Int32Array} ids */
function countDistinct(ids) {
  let largest = 0;
  for (const id of ids) if (id > largest) largest = id;
  const seen = new Uint8Array(largest + 1);
  let count = 0;
  for (const id of ids) {
    if (!seen[id]) count += 1;
    seen[id] = 1;
  }
  return count;
}
