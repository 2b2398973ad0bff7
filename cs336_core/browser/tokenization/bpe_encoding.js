// Encoding a new text: the learned merges, applied in the order in which they were learned.

import { mergeWords } from "./bpe_training.js";
import { splitText } from "./corpus.js";

/** @typedef {import("./bpe_training.js").Words} Words */

/**
 * @typedef {object} EncodingStep
 * @property {number} rank which merge was applied, counted from 0
 * @property {number} occurrences how many pairs it joined
 */

/**
 * @typedef {object} Encoding
 * @property {EncodingStep[]} steps the merges that joined something; the others are left out
 * @property {Words[]} states the words after 0, 1, ... all steps
 * @property {number} bytes
 */

/**
 * Encodes a text with the same result as `encode` and `BPETokenizer` of cs336_core.tokenization.
 * @param {string} text
 * @param {import("./corpus.js").Pretokenization} pretokenization
 * @param {readonly import("./pair_counter.js").Pair[]} merges
 * @returns {Encoding}
 */
export function encode(text, pretokenization, merges) {
  const encoder = new TextEncoder();
  const words = splitText(text, pretokenization).map((word) => encoder.encode(word));
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
    const occurrences = state.ids.length - merged.ids.length;
    if (occurrences === 0) return;
    state = merged;
    encoding.steps.push({ rank, occurrences });
    encoding.states.push(state);
  });
  return encoding;
}
