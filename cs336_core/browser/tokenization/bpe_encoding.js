// Encoding: the learned merges on a new text, in the order in which they were learned.

import { mergeWords } from "./bpe_training.js";
import { cut } from "./corpus.js";

/** @typedef {import("./bpe_training.js").Words} Words */

/**
 * @typedef {object} EncodingStep
 * @property {number} rank which merge was made, counted from 0
 * @property {number} places how many pairs it joined
 */

/**
 * @typedef {object} Encoding
 * @property {EncodingStep[]} steps the merges that joined something; the others pass unseen
 * @property {Words[]} states the words after 0, 1, ... all steps
 * @property {number} bytes
 */

/**
 * Encodes a text as `encode` and `BPETokenizer` of cs336_core.tokenization do.
 * @param {string} text
 * @param {import("./corpus.js").Pretokenization} pretokenization
 * @param {readonly import("./pair_counter.js").Pair[]} merges
 * @returns {Encoding}
 */
export function encode(text, pretokenization, merges) {
  const encoder = new TextEncoder();
  const words = cut(text, pretokenization).map((word) => encoder.encode(word));
  let end = 0;
  const ends = Uint16Array.from(words, (word) => (end += word.length));
  const ids = new Uint16Array(end);
  words.forEach((word, i) => ids.set(word, /** @type {number} */ (ends[i]) - word.length));
  /** @type {Words} */
  let state = { ids, ends };
  /** @type {Encoding} */
  const encoding = { steps: [], states: [state], bytes: end };
  merges.forEach((pair, rank) => {
    const merged = mergeWords(state, pair, 256 + rank);
    const places = state.ids.length - merged.ids.length;
    if (places === 0) return;
    state = merged;
    encoding.steps.push({ rank, places });
    encoding.states.push(state);
  });
  return encoding;
}
