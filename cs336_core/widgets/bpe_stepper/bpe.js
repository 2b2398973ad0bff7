// Byte pair encoding as the view needs it: the same counting and merging as
// cs336_core/tokenization/bpe.py, which the tests hold it equal to.

/** @typedef {[left: number, right: number]} Pair */
/** @typedef {{ pair: Pair, count: number }} PairCount */

/**
 * Replaces each occurrence of `pair` in `ids` by `newId`, from left to right.
 * @param {readonly number[]} ids
 * @param {Pair} pair
 * @param {number} newId
 */
export function merge(ids, [left, right], newId) {
  /** @type {number[]} */
  const merged = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      merged.push(newId);
      i++;
    } else {
      merged.push(/** @type {number} */ (ids[i]));
    }
  }
  return merged;
}

/**
 * Every adjacent pair with its count, most frequent first; ties in the order they first appear.
 * @param {readonly number[]} ids
 * @returns {PairCount[]}
 */
export function countPairs(ids) {
  /** @type {Map<string, PairCount>} */
  const counts = new Map();
  for (let i = 0; i + 1 < ids.length; i++) {
    const pair = /** @type {Pair} */ ([ids[i], ids[i + 1]]);
    const key = pair.join();
    const seen = counts.get(key);
    if (seen) seen.count++;
    else counts.set(key, { pair, count: 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count); // the sort is stable
}

/**
 * The highest count, and how many pairs share it.
 * @param {readonly PairCount[]} counts most frequent first
 */
export function highest(counts) {
  const count = counts[0]?.count ?? 0;
  return { count, tied: counts.filter((row) => row.count === count).length };
}

/**
 * The sequence of ids after 0, 1, ... all merges. Merge `i` makes the id `256 + i`.
 * @param {Uint8Array} bytes
 * @param {readonly Pair[]} merges
 */
export function sequences(bytes, merges) {
  let ids = Array.from(bytes);
  const all = [ids];
  merges.forEach((pair, i) => {
    ids = merge(ids, pair, 256 + i);
    all.push(ids);
  });
  return all;
}

/**
 * The bytes of every token: the 256 single bytes, then one token a merge.
 * @param {readonly Pair[]} merges
 */
export function vocabulary(merges) {
  const vocab = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  merges.forEach(([left, right], i) => {
    const [a, b] = [vocab[left], vocab[right]];
    if (!a || !b)
      throw new RangeError(`merge ${i} joins ids ${left} and ${right}, not both known yet`);
    vocab.push(Uint8Array.of(...a, ...b));
  });
  return vocab;
}

/**
 * Where `pair` would merge: for each position of `ids`, 1 for its left half, 2 for its right half.
 * @param {readonly number[]} ids
 * @param {Pair | undefined} pair
 */
export function halves(ids, pair) {
  const marks = new Uint8Array(ids.length);
  if (!pair) return marks;
  for (let i = 0; i + 1 < ids.length; i++) {
    if (ids[i] === pair[0] && ids[i + 1] === pair[1]) {
      marks[i] = 1;
      marks[++i] = 2;
    }
  }
  return marks;
}

/**
 * @typedef {object} Story a training run as the stepper tells it
 * @property {string} text
 * @property {readonly Pair[]} merges
 * @property {number[][]} sequences the ids after 0, 1, ... all merges
 * @property {Uint8Array[]} vocab the bytes of each id
 * @property {number[]} ratios bytes a token after 0, 1, ... all merges
 */

/**
 * @param {string} text
 * @param {readonly Pair[]} merges
 * @returns {Story}
 */
export function tell(text, merges) {
  const bytes = new TextEncoder().encode(text);
  const all = sequences(bytes, merges);
  const ratios = all.map((ids) => bytes.length / Math.max(1, ids.length));
  return { text, merges, sequences: all, vocab: vocabulary(merges), ratios };
}
