// What can be counted in a text and its tokens. Places in a text are counted in bits of its UTF-8,
// since a token can be as little as one.

/** @typedef {import("./simple.js").Encoded} Encoded */

/**
 * @typedef {object} Counts
 * @property {number} tokens
 * @property {number} different tokens, each counted once
 * @property {number} bytes
 * @property {number} characters code points
 * @property {number} cut characters that are spread over several tokens
 * @property {number} digits characters 0 to 9
 * @property {number} digitTokens tokens that have one
 */

/** Whether a character goes on in a byte, and does not begin there. @param {number | undefined} byte */
export const goesOn = (byte) => (Number(byte) & 0xc0) === 0x80;

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
    if (!goesOn(byte)) characters += 1;
    if (isDigit(byte)) digits += 1;
  }
  let [cut, lastCut, digitTokens, at] = [0, -1, 0, 0];
  for (const id of ids) {
    const end = at + bitsOf(id);
    for (let place = at >> 3; 8 * place < end; place++) {
      if (isDigit(data[place])) {
        digitTokens += 1;
        break;
      }
    }
    let place = end >> 3;
    if (end & 7 || goesOn(data[place])) {
      while (goesOn(data[place])) place -= 1;
      if (place !== lastCut) cut += 1;
      lastCut = place;
    }
    at = end;
  }
  return {
    tokens: ids.length,
    different: different(ids),
    bytes: data.length,
    characters,
    cut,
    digits,
    digitTokens,
  };
}

/** @param {Uint8Array | Int32Array} ids */
function different(ids) {
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
