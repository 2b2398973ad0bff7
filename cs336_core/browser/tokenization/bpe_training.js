// Training, told so that any step can be looked at: the same merges as train_bpe, train_bpe_words
// and train of cs336_core.tokenization, which the tests hold it equal to.

import { PairCounter } from "./pair_counter.js";

/** @typedef {import("./corpus.js").Corpus} Corpus */
/** @typedef {import("./pair_counter.js").Pair} Pair */
/** @typedef {"first-seen" | "lexicographic"} TieBreak */

/**
 * @typedef {object} Words the tokens of the distinct words, one word after another
 * @property {Uint16Array} ids
 * @property {Uint16Array} ends where each word ends in `ids`
 */

/**
 * @typedef {object} Run a training run, every step of it
 * @property {Corpus} corpus
 * @property {TieBreak} tieBreak
 * @property {Pair[]} merges merge `i` makes the id `256 + i`
 * @property {number[]} counts how often the pair of each merge occurred
 * @property {number[]} tied how many pairs occurred as often
 * @property {Words[]} states the words after 0, 1, ... all merges
 * @property {number[]} tokens how many tokens the corpus is, after 0, 1, ... all merges
 * @property {number[]} ratios bytes a token, after 0, 1, ... all merges
 * @property {Uint8Array[]} vocab the bytes of each id
 * @property {PairCounter} counter
 */

/** @typedef {{ pair: Pair, count: number }} PairCount */

/** So that the table of pairs stays small. */
export const MOST_MERGES = 1000;
/** More ids than there can be: a pair of ids as one number. */
const IDS = 2 ** 16;

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
 * The words with `pair` joined wherever it stands, from left to right.
 * @param {Words} state
 * @param {Pair} pair
 * @param {number} newId
 * @returns {Words}
 */
export function mergeWords({ ids, ends }, [left, right], newId) {
  const merged = new Uint16Array(ids.length);
  const newEnds = new Uint16Array(ends.length);
  let [i, to] = [0, 0];
  ends.forEach((end, word) => {
    while (i < end) {
      const joins = ids[i] === left && i + 1 < end && ids[i + 1] === right;
      merged[to++] = joins ? newId : /** @type {number} */ (ids[i]);
      i += joins ? 2 : 1;
    }
    newEnds[word] = to;
  });
  return { ids: merged.slice(0, to), ends: newEnds };
}

/**
 * Below 0 where `a` comes before `b`, as Python compares bytes.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function compareBytes(a, b) {
  const both = Math.min(a.length, b.length);
  for (let i = 0; i < both; i++) {
    if (a[i] !== b[i]) return /** @type {number} */ (a[i]) - /** @type {number} */ (b[i]);
  }
  return a.length - b.length;
}

/**
 * Which pair merges, and how many occur as often; none where no pair is left.
 * @param {PairCounter} counter
 * @param {TieBreak} tieBreak
 * @param {Uint8Array[]} vocab
 */
function choose(counter, tieBreak, vocab) {
  const bytes = (/** @type {number} */ id) => /** @type {Uint8Array} */ (vocab[id]);
  const most = counter.most();
  let tied = 0;
  /** @type {Pair | undefined} */
  let best;
  if (most === 0) return undefined;
  for (let i = 0; i < counter.size; i++) {
    if (counter.countAt(i) !== most) continue;
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
  return { pair: /** @type {Pair} */ (best), count: most, tied };
}

/** How many tokens the corpus is. @param {Words} state @param {Corpus} corpus */
function size({ ends }, { words }) {
  let begin = 0;
  let sum = 0;
  ends.forEach((end, word) => {
    sum += (end - begin) * /** @type {import("./corpus.js").Word} */ (words[word]).count;
    begin = end;
  });
  return sum;
}

/**
 * Learns up to `numMerges` merges; fewer where no pair is left.
 * @param {Corpus} corpus
 * @param {number} numMerges
 * @param {TieBreak} tieBreak
 * @returns {Run}
 */
export function train(corpus, numMerges, tieBreak) {
  const vocab = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  let state = bytesOf(corpus);
  const most = Math.min(numMerges, MOST_MERGES);
  const counter = new PairCounter(vocab.length + most, state.ids.length);
  /** @type {Run} */
  const run = {
    corpus,
    tieBreak,
    merges: [],
    counts: [],
    tied: [],
    states: [state],
    tokens: [size(state, corpus)],
    ratios: [],
    vocab,
    counter,
  };
  while (run.merges.length < most) {
    counter.count(state, corpus);
    const chosen = choose(counter, tieBreak, vocab);
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
    run.tokens.push(size(state, corpus));
  }
  run.ratios = run.tokens.map((tokens) => corpus.bytes / Math.max(1, tokens));
  return run;
}

/**
 * Every pair that occurs after `step` merges, most frequent first; ties in the order they first appear.
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
 * The most frequent pair that stands across a cut, where no merge may join it; of equally frequent
 * ones the first. None where the text is not cut, or the words are counted and not in order.
 * @param {Run} run
 * @param {number} step
 * @returns {PairCount | undefined}
 */
export function forbiddenAt({ states, corpus }, step) {
  if (corpus.kind !== "text") return undefined;
  const { ids, ends } = /** @type {Words} */ (states[step]);
  /** @type {Map<number, PairCount>} by left * IDS + right */
  const counts = new Map();
  /** @type {PairCount | undefined} */
  let best;
  let left = -1;
  for (const word of corpus.order) {
    const pair = /** @type {Pair} */ ([left, ids[ends[word - 1] ?? 0]]);
    left = /** @type {number} */ (ids[/** @type {number} */ (ends[word]) - 1]);
    if (pair[0] < 0) continue;
    const key = pair[0] * IDS + pair[1];
    const seen = counts.get(key);
    if (seen) seen.count++;
    else counts.set(key, { pair, count: 1 });
  }
  for (const seen of counts.values()) if (!best || seen.count > best.count) best = seen;
  return best;
}
