// Tokenizers that need no vocabulary from elsewhere: bits, bytes, characters, and words, whose
// vocabulary is the words of the text itself.

/**
 * @typedef {object} Encoded text as ids
 * @property {Uint8Array | Int32Array} ids
 * @property {(id: number) => number} bitsOf how many bits of the text's UTF-8 a token stands for
 */

/**
 * Turns text into ids, and pauses now and then: there may be something more urgent.
 * @typedef {(text: string) => Generator<undefined, Encoded>} Encode
 */

const utf8 = new TextEncoder();

/**
 * The first half of a character that stands alone, which UTF-8 cannot write, and where it is.
 * @param {string} text
 */
export function loneSurrogate(text) {
  const at = text.search(/\p{Surrogate}/u);
  if (at < 0) return null;
  const code = `U+${text.charCodeAt(at).toString(16).toUpperCase()}`;
  return { code, position: Array.from(text.slice(0, at)).length };
}

/** @type {Encode} */
export function* bits(text) {
  const data = utf8.encode(text);
  const ids = new Uint8Array(8 * data.length);
  data.forEach((byte, i) => {
    for (let place = 0; place < 8; place++) ids[8 * i + place] = (byte >> (7 - place)) & 1;
  });
  return { ids, bitsOf: () => 1 };
}

/** @type {Encode} */
export function* bytes(text) {
  return { ids: utf8.encode(text), bitsOf: () => 8 };
}

/** How many bytes a character has in UTF-8. @param {number} codePoint */
export const bytesOf = (codePoint) =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

/** @type {Encode} */
export function* characters(text) {
  const ids = new Int32Array(text.length);
  let count = 0;
  for (const character of text) ids[count++] = Number(character.codePointAt(0));
  return { ids: ids.slice(0, count), bitsOf: (id) => 8 * bytesOf(id) };
}

/** Python's \w+|. and what lies between its matches: line ends. Its \w takes no combining marks. */
const WORDS = /[\p{L}\p{N}_]+|[^\n]|\n+/gu;
const PAUSE = 10_000; // words

/** @type {Encode} */
export function* words(text) {
  const found = text.match(WORDS) ?? [];
  const ids = new Int32Array(found.length);
  /** @type {Map<string, number>} */
  const idOf = new Map();
  const sizes = [0]; // id 0 is the unknown word, and a text has none that is not its own
  for (const [i, word] of found.entries()) {
    if (i % PAUSE === PAUSE - 1) yield;
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
