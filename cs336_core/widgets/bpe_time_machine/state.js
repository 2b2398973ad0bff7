// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

import { MOST_MERGES } from "../../browser/tokenization/bpe_training.js";

/**
 * @typedef {object} State
 * @property {string} text
 * @property {import("../../browser/tokenization/corpus.js").Kind} kind
 * @property {number} num_merges
 * @property {import("../../browser/tokenization/bpe_training.js").TieBreak} tie_break
 * @property {import("../../browser/tokenization/corpus.js").Pretokenization} pretokenization
 * @property {number} step how many merges are made
 * @property {"training" | "encoding"} part
 * @property {string} new_text
 * @property {number} new_step how many steps of encoding are made
 * @property {boolean} compact whether training is all there is to see; set in Python alone
 */

/** The settings that belong into the page's address. @type {(keyof State)[]} */
export const URL_TRAITS = [
  "text",
  "kind",
  "num_merges",
  "tie_break",
  "pretokenization",
  "step",
  "part",
  "new_text",
  "new_step",
];

/**
 * @template {string} Value
 * @param {Value} value
 * @param {Value} usual
 * @param {Value} other
 */
const either = (value, usual, other) => (value === other ? other : usual);

/** @param {State} state @returns {State} */
export function bounded(state) {
  return {
    ...state,
    kind: either(state.kind, "text", "word-counts"),
    num_merges: Math.min(MOST_MERGES, Math.max(0, state.num_merges)),
    tie_break: either(state.tie_break, "first-seen", "lexicographic"),
    pretokenization: either(state.pretokenization, "none", "gpt2"),
    part: either(state.part, "training", "encoding"),
  };
}
