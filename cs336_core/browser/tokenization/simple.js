// Tokenizers that need no trained vocabulary: bits, bytes, characters, and words, whose vocabulary is
// the words of the text itself.

/**
 * @typedef {object} Encoded text as ids
 * @property {Uint8Array | Int32Array} ids
 * @property {(id: number) => number} bitsOf how many bits of the text's UTF-8 a token covers
 */

/**
 * Turns text into ids. It yields now and then, so that the caller can do more urgent work.
 * @typedef {(text: string) => Generator<undefined, Encoded>} Encode
 */

const utf8 = new TextEncoder();

/**
 * The first lone surrogate, which UTF-8 cannot encode, and its position; null for well-formed text.
 * @param {string} text
 */
export function loneSurrogate(text) {
  const index = text.search(/\p{Surrogate}/u);
  if (index < 0) return null;
  const code = `U+${text.charCodeAt(index).toString(16).toUpperCase()}`;
  return { code, position: Array.from(text.slice(0, index)).length };
}

/** @type {Encode} */
export function* bits(text) {
  const data = utf8.encode(text);
  const ids = new Uint8Array(8 * data.length);
  data.forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit++) ids[8 * i + bit] = (byte >> (7 - bit)) & 1;
  });
  return { ids, bitsOf: () => 1 };
}

/** @type {Encode} */
export function* bytes(text) {
  return { ids: utf8.encode(text), bitsOf: () => 8 };
}

/** The size of a character in UTF-8, in bytes. @param {number} codePoint */
export const bytesOf = (codePoint) =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

/** @type {Encode} */
export function* characters(text) {
  const ids = new Int32Array(text.length);
  let count = 0;
  for (const character of text) ids[count++] = Number(character.codePointAt(0));
  return { ids: ids.slice(0, count), bitsOf: (id) => 8 * bytesOf(id) };
}

/** Python's \w+|. and the line ends between its matches. Python's \w excludes combining marks. */
const WORDS = /[\p{L}\p{N}_]+|[^\n]|\n+/gu;
const WORDS_PER_PAUSE = 10_000;

/** @type {Encode} */
export function* words(text) {
  const matches = text.match(WORDS) ?? [];
  const ids = new Int32Array(matches.length);
  /** @type {Map<string, number>} */
  const idOf = new Map();
  const sizes = [0]; // id 0 is the unknown word, which never occurs: the vocabulary is the text's
  for (const [i, word] of matches.entries()) {
    if (i % WORDS_PER_PAUSE === WORDS_PER_PAUSE - 1) yield;
    let id = idOf.get(word);
    if (id === undefined) {
      id = sizes.length;
      idOf.set(word, id);
      sizes.push(8 * utf8.encode(word).length);
    }
    ids[i] = id;
  }
  return { ids, bitsOf: (id) => Number(sizes[id]) };
}

/** @type {Record<string, Encode>} */
export const SIMPLE = { bits, bytes, characters, words };
