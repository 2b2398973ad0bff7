// Predict, then see: which pair merges next? And the score, which the browser remembers.

import { compareBytes } from "../../browser/tokenization/bpe_training.js";

/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */
/** @typedef {{ right: number, asked: number }} Score */

/** Pairs to choose from. */
const CHOICES = 5;

/** @param {Pair} a @param {Pair} b */
export const samePair = (a, b) => a[0] === b[0] && a[1] === b[1];

/**
 * The pairs to choose from: the right one and the most frequent others, in an order that does not
 * tell which it is.
 * @param {readonly import("../../browser/tokenization/bpe_training.js").PairCount[]} pairs most frequent first
 * @param {Pair} next the pair that merges
 * @param {readonly Uint8Array[]} vocab
 */
export function choices(pairs, next, vocab) {
  const others = pairs.map(({ pair }) => pair).filter((pair) => !samePair(pair, next));
  const bytes = (/** @type {number} */ id) => vocab[id] ?? new Uint8Array();
  return [next, ...others.slice(0, CHOICES - 1)].sort(
    (a, b) => compareBytes(bytes(a[0]), bytes(b[0])) || compareBytes(bytes(a[1]), bytes(b[1])),
  );
}

/** One score for every time machine of the site. */
const PLACE = "cs336.bpe-time-machine.score";

/**
 * The score that the browser remembers; none where it may remember nothing or remembers nonsense.
 * @param {Pick<Storage, "getItem"> | undefined} storage
 * @returns {Score}
 */
export function readScore(storage) {
  try {
    const { right, asked } = JSON.parse(storage?.getItem(PLACE) ?? "{}");
    if (Number.isSafeInteger(right) && Number.isSafeInteger(asked) && 0 <= right && right <= asked)
      return { right, asked };
  } catch {
    // What cannot be read counts as none.
  }
  return { right: 0, asked: 0 };
}

/**
 * @param {Pick<Storage, "setItem" | "removeItem"> | undefined} storage
 * @param {Score} score
 */
export function writeScore(storage, score) {
  try {
    if (score.asked === 0) storage?.removeItem(PLACE);
    else storage?.setItem(PLACE, JSON.stringify(score));
  } catch {
    // A browser that may remember nothing still counts while the page is open.
  }
}

/** The page's memory; reading it throws where the reader has forbidden it. */
export function memory() {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
