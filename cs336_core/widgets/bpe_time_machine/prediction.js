// "Which pair merges next?": the choices, and the score, which the browser stores.

import { compareBytes } from "../../browser/tokenization/bpe_training.js";

/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */
/** @typedef {{ right: number, total: number }} Score */

/** Pairs to choose from. */
const MAX_CHOICES = 5;

/** @param {Pair} a @param {Pair} b */
export const samePair = (a, b) => a[0] === b[0] && a[1] === b[1];

/**
 * The pairs to choose from: the right one and the most frequent others, in an order that does not
 * give the answer away.
 * @param {readonly import("../../browser/tokenization/bpe_training.js").PairCount[]} pairs most frequent first
 * @param {Pair} next the pair that merges
 * @param {readonly Uint8Array[]} vocab
 */
export function choices(pairs, next, vocab) {
  const others = pairs.map(({ pair }) => pair).filter((pair) => !samePair(pair, next));
  const bytes = (/** @type {number} */ id) => vocab[id] ?? new Uint8Array();
  return [next, ...others.slice(0, MAX_CHOICES - 1)].sort(
    (a, b) => compareBytes(bytes(a[0]), bytes(b[0])) || compareBytes(bytes(a[1]), bytes(b[1])),
  );
}

/** One score is shared by every time machine of the site. */
const STORAGE_KEY = "cs336.bpe-time-machine.score";

/**
 * The stored score; zero if storage is forbidden or holds anything else.
 * @param {Pick<Storage, "getItem"> | undefined} storage
 * @returns {Score}
 */
export function readScore(storage) {
  try {
    const { right, total } = JSON.parse(storage?.getItem(STORAGE_KEY) ?? "{}");
    if (Number.isSafeInteger(right) && Number.isSafeInteger(total) && 0 <= right && right <= total)
      return { right, total };
  } catch {
    // Malformed JSON counts as no score.
  }
  return { right: 0, total: 0 };
}

/**
 * @param {Pick<Storage, "setItem" | "removeItem"> | undefined} storage
 * @param {Score} score
 */
export function writeScore(storage, score) {
  try {
    if (score.total === 0) storage?.removeItem(STORAGE_KEY);
    else storage?.setItem(STORAGE_KEY, JSON.stringify(score));
  } catch {
    // Without storage, the score still counts while the page is open.
  }
}

/** The browser's storage; undefined if the reader forbids it, which makes reading it throw. */
export function scoreStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
