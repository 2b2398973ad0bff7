// Byte pair encoding with a vocabulary that was learned elsewhere.

import { unpack } from "./packed.js";
import { pretokenize } from "./patterns.js";

const PRETOKENS_PER_PAUSE = 500;
const utf8 = new TextEncoder();

/** Bytes as a string of one character per byte. @param {Uint8Array} bytes */
function binary(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** A tokenizer from a vocabulary and a pattern. It treats special tokens as ordinary text. */
export class BPE {
  /**
   * @param {string} packed the vocabulary, see packed.js
   * @param {import("./patterns.js").PatternName} pattern
   */
  constructor(packed, pattern) {
    const { bytes, merges } = unpack(packed);
    this.pattern = pattern;
    this.merges = merges;
    this.idOfByte = new Int32Array(256);
    bytes.forEach((byte, id) => (this.idOfByte[byte] = id));
    const tokens = bytes.map((byte) => String.fromCharCode(byte));
    /** @param {number} id @returns {string} the bytes of a token, whose parts may have higher ids */
    const token = (id) => {
      const [left, right] = merges.pairs[id - 256] ?? [];
      tokens[id] ??= token(Number(left)) + token(Number(right));
      return String(tokens[id]);
    };
    merges.pairs.forEach((_, i) => token(256 + i));
    this.bits = Int32Array.from(tokens, (token) => 8 * token.length);
    this.idOf = new Map(tokens.map((token, id) => [token, id]));
  }

  /** @param {string} pretoken @returns {number[]} */
  encodePretoken(pretoken) {
    const bytes = utf8.encode(pretoken);
    const wholeId = this.idOf.get(binary(bytes));
    if (wholeId !== undefined) return [wholeId];
    return this.merges.apply(Array.from(bytes, (byte) => Number(this.idOfByte[byte])));
  }

  /** @type {import("./simple.js").Encode} */
  *encode(text) {
    /** @type {Map<string, number[]>} */
    const cache = new Map();
    const pretokens = pretokenize(text, this.pattern);
    let ids = new Int32Array(text.length + 16);
    let count = 0;
    for (const [i, pretoken] of pretokens.entries()) {
      if (i % PRETOKENS_PER_PAUSE === PRETOKENS_PER_PAUSE - 1) yield;
      let tokens = cache.get(pretoken);
      if (tokens === undefined) {
        tokens = this.encodePretoken(pretoken);
        cache.set(pretoken, tokens);
      }
      if (count + tokens.length > ids.length) {
        const larger = new Int32Array(2 * ids.length + tokens.length);
        larger.set(ids);
        ids = larger;
      }
      for (const token of tokens) ids[count++] = token;
    }
    return { ids: ids.slice(0, count), bitsOf: (id) => Number(this.bits[id]) };
  }
}
