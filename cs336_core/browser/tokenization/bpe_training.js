// Training that records every step: the same merges as train_bpe, train_bpe_words and train of
// cs336_core.tokenization, with which the tests compare it.

import { PairCounter } from "./pair_counter.js";

/** @typedef {import("./corpus.js").Corpus} Corpus */
/** @typedef {import("./pair_counter.js").Pair} Pair */
/** @typedef {"first-seen" | "lexicographic"} TieBreak */

/**
 * @typedef {object} Words the tokens of the distinct words, concatenated
 * @property {Uint16Array} ids
 * @property {Uint16Array} ends the index in `ids` at which each word ends
 */

/**
 * @typedef {object} Run a training run with all of its steps
 * @property {Corpus} corpus
 * @property {TieBreak} tieBreak
 * @property {Pair[]} merges merge `i` creates id `256 + i`
 * @property {number[]} counts how often the pair of each merge occurred
 * @property {number[]} tied how many pairs had that count
 * @property {Words[]} states the words after 0, 1, ... all merges
 * @property {number[]} tokens the size of the corpus in tokens after 0, 1, ... all merges
 * @property {number[]} ratios bytes per token after 0, 1, ... all merges
 * @property {Uint8Array[]} vocab the bytes of each id
 * @property {PairCounter} counter
 */

/** @typedef {{ pair: Pair, count: number }} PairCount */

/** Bounded, so that the table of pairs stays small. */
export const MAX_MERGES = 1000;
/** Larger than any id here, so that a pair of ids fits in one number. */
const MAX_IDS = 2 ** 16;

/** @param {Corpus} corpus @returns {Words} */
function bytesOf({ words }) {
  const ids = new Uint16Array(words.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const ends = new Uint16Array(words.length);
  let end = 0;
  words.forEach(({ bytes }, i) => {
    ids.set(bytes, end);
    ends[i] = end += bytes.length;
  });
  return { ids, ends };
}

/**
 * Replaces every occurrence of `pair` by `newId`, from left to right.
 * @param {Words} state
 * @param {Pair} pair
 * @param {number} newId
 * @returns {Words}
 */
export function mergeWords({ ids, ends }, [left, right], newId) {
  const merged = new Uint16Array(ids.length);
  const newEnds = new Uint16Array(ends.length);
  let [i, length] = [0, 0];
  ends.forEach((end, word) => {
    while (i < end) {
      const joins = ids[i] === left && i + 1 < end && ids[i + 1] === right;
      merged[length++] = joins ? newId : /** @type {number} */ (ids[i]);
      i += joins ? 2 : 1;
    }
    newEnds[word] = length;
  });
  return { ids: merged.slice(0, length), ends: newEnds };
}

/**
 * Compares as Python compares bytes: negative if `a` comes before `b`.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function compareBytes(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    if (a[i] !== b[i]) return /** @type {number} */ (a[i]) - /** @type {number} */ (b[i]);
  }
  return a.length - b.length;
}

/**
 * The pair to merge, its count, and how many pairs have that count; undefined if no pair is left.
 * @param {PairCounter} counter
 * @param {TieBreak} tieBreak
 * @param {Uint8Array[]} vocab
 */
function choosePair(counter, tieBreak, vocab) {
  const bytes = (/** @type {number} */ id) => /** @type {Uint8Array} */ (vocab[id]);
  const maxCount = counter.maxCount();
  let tied = 0;
  /** @type {Pair | undefined} */
  let best;
  if (maxCount === 0) return undefined;
  for (let i = 0; i < counter.size; i++) {
    if (counter.countAt(i) !== maxCount) continue;
    tied++;
    if (best && tieBreak === "first-seen") continue;
    const pair = counter.pairAt(i);
    if (
      !best ||
      (compareBytes(bytes(pair[0]), bytes(best[0])) ||
        compareBytes(bytes(pair[1]), bytes(best[1]))) > 0
    )
      best = pair;
  }
  return { pair: /** @type {Pair} */ (best), count: maxCount, tied };
}

/** The size of the corpus in tokens. @param {Words} state @param {Corpus} corpus */
function countTokens({ ends }, { words }) {
  let begin = 0;
  let tokens = 0;
  ends.forEach((end, word) => {
    tokens += (end - begin) * /** @type {import("./corpus.js").Word} */ (words[word]).count;
    begin = end;
  });
  return tokens;
}

/**
 * Learns `numMerges` merges, or fewer if no pair is left.
 * @param {Corpus} corpus
 * @param {number} numMerges
 * @param {TieBreak} tieBreak
 * @returns {Run}
 */
export function train(corpus, numMerges, tieBreak) {
  const vocab = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  let state = bytesOf(corpus);
  const maxMerges = Math.min(numMerges, MAX_MERGES);
  const counter = new PairCounter(vocab.length + maxMerges, state.ids.length);
  /** @type {Run} */
  const run = {
    corpus,
    tieBreak,
    merges: [],
    counts: [],
    tied: [],
    states: [state],
    tokens: [countTokens(state, corpus)],
    ratios: [],
    vocab,
    counter,
  };
  while (run.merges.length < maxMerges) {
    counter.count(state, corpus);
    const chosen = choosePair(counter, tieBreak, vocab);
    if (!chosen) break;
    const [left, right] = chosen.pair.map((id) => /** @type {Uint8Array} */ (vocab[id]));
    state = mergeWords(state, chosen.pair, vocab.length);
    vocab.push(
      Uint8Array.of(.../** @type {Uint8Array} */ (left), .../** @type {Uint8Array} */ (right)),
    );
    run.merges.push(chosen.pair);
    run.counts.push(chosen.count);
    run.tied.push(chosen.tied);
    run.states.push(state);
    run.tokens.push(countTokens(state, corpus));
  }
  run.ratios = run.tokens.map((tokens) => corpus.bytes / Math.max(1, tokens));
  return run;
}

/**
 * Every pair that occurs after `step` merges, most frequent first, ties in order of first appearance.
 * @param {Run} run
 * @param {number} step
 * @returns {PairCount[]}
 */
export function pairsAt({ states, corpus, counter }, step) {
  counter.count(/** @type {Words} */ (states[step]), corpus);
  return Array.from({ length: counter.size }, (_, i) => ({
    pair: counter.pairAt(i),
    count: counter.countAt(i),
  }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count); // the sort is stable
}

/**
 * The most frequent pair that straddles a word boundary, where no merge may join it; the first seen of
 * several. Undefined if the text is not split, and for counted words, which have no order.
 * @param {Run} run
 * @param {number} step
 * @returns {PairCount | undefined}
 */
export function forbiddenAt({ states, corpus }, step) {
  if (corpus.kind !== "text") return undefined;
  const { ids, ends } = /** @type {Words} */ (states[step]);
  /** @type {Map<number, PairCount>} by left * MAX_IDS + right */
  const counts = new Map();
  /** @type {PairCount | undefined} */
  let best;
  let left = -1;
  for (const word of corpus.order) {
    const pair = /** @type {Pair} */ ([left, ids[ends[word - 1] ?? 0]]);
    left = /** @type {number} */ (ids[/** @type {number} */ (ends[word]) - 1]);
    if (pair[0] < 0) continue;
    const key = pair[0] * MAX_IDS + pair[1];
    const seen = counts.get(key);
    if (seen) seen.count++;
    else counts.set(key, { pair, count: 1 });
  }
  for (const seen of counts.values()) if (!best || seen.count > best.count) best = seen;
  return best;
}
