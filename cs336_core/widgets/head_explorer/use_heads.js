// What the figure computes for a sentence: the weights of every head, and which head attends to what.

import { useMemo } from "preact/hooks";
import { headIn } from "../../browser/model/transformer/parts.js";
import { positionOf } from "../../ui/live_model/limits.js";
import { readSentence } from "../../ui/live_model/use_sentence.js";
import { TARGETS } from "./state.js";
import { headFor } from "./targets.js";

/** The most tokens that the map has room for; of a longer text, the last ones are read. */
const MOST_TOKENS = 24;

/**
 * @typedef {object} Heads
 * @property {string[]} labels of the tokens
 * @property {boolean} isCut whether earlier tokens are left out
 * @property {import("../../browser/model/transformer/model.js").Pass} pass
 * @property {[target: import("./state.js").Target, head: import("./targets.js").Found | undefined][]} found
 */

/**
 * @param {import("../../ui/live_model/use_model.js").Live} live
 * @param {string} text
 * @returns {Heads | undefined} undefined for a text without tokens
 */
export function readHeads(live, text) {
  const sentence = readSentence(live, text, MOST_TOKENS);
  if (!sentence) return undefined;
  const { pass, labels, isCut } = sentence;
  return {
    pass,
    labels,
    isCut,
    found: TARGETS.map((target) => [target, headFor(target, pass, labels)]),
  };
}

/**
 * The sentence with the head and the token that are selected. `target`: the one whose head is shown, "" if
 * the reader has chosen the head.
 * @typedef {Heads & { headIndex: import("./state.js").HeadIndex, target: string, position: number,
 *   weights: import("../../browser/model/transformer/matrix.js").Matrix }} Shown
 */

/**
 * @param {import("../../ui/live_model/use_model.js").Live} live
 * @param {Heads} heads
 * @param {Pick<import("./state.js").State, "target" | "head" | "position">} settings
 * @returns {Shown}
 */
export function selectIn(live, heads, { target, head, position }) {
  const own = headIn(head, live.model.config);
  // A sentence may have nothing of the kind; any with two tokens has a head that is most concentrated.
  const found = [target, "focus"].map((name) =>
    heads.found.find((each) => each[0] === name && each[1]),
  );
  const [sought, best] = found.find(Boolean) ?? ["", undefined];
  const headIndex = own ?? best ?? { block: 0, head: 0 };
  const block = /** @type {import("../../browser/model/transformer/block.js").BlockPass} */ (
    heads.pass.blocks[headIndex.block]
  );
  const { weights } = /** @type {import("../../browser/model/transformer/attention.js").Head} */ (
    block.attention.heads[headIndex.head]
  );
  return {
    ...heads,
    headIndex,
    target: own ? "" : sought,
    weights,
    position: positionOf(position, heads.labels.length),
  };
}

/**
 * @param {import("../../ui/live_model/use_model.js").Live | undefined} live
 * @param {import("./state.js").State} state
 */
export function useHeads(live, { text, target, head, position }) {
  const heads = useMemo(() => (live ? readHeads(live, text) : undefined), [live, text]);
  return useMemo(
    () => (live && heads ? selectIn(live, heads, { target, head, position }) : undefined),
    [live, heads, target, head, position],
  );
}
