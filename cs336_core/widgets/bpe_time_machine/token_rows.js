// The tokens that the figure draws at a step: one page of the corpus, small enough for one frame.

/** @typedef {import("../../browser/tokenization/bpe_training.js").Words} Words */
/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */

/**
 * @typedef {object} DrawnToken
 * @property {number} offset the byte at which it begins, which also identifies its chip
 * @property {number} id
 * @property {0 | 1 | 2} half 1 or 2 if it is the left or right half of the pair that merges next
 * @property {boolean} startsWord whether a word boundary is before it
 */

/** @typedef {{ count: number, tokens: DrawnToken[] }} Row one counted word; a text is one row */

/** Bytes of the corpus that are shown at once. */
export const PAGE_BYTES = 240;

/**
 * The rows between two byte offsets of the corpus.
 * @param {Words} state
 * @param {{ order: readonly number[], words?: readonly import("../../browser/tokenization/corpus.js").Word[] }} corpus
 *   the words in sequence; with `words`, each word is a row with its count
 * @param {readonly Uint8Array[]} vocab
 * @param {Pair | undefined} next the pair that merges next
 * @param {number} from
 * @param {number} to
 * @returns {Row[]}
 */
export function rowsOf({ ids, ends }, { order, words }, vocab, next, from, to) {
  /** @type {Row[]} */
  const rows = words ? [] : [{ count: 1, tokens: [] }];
  let offset = 0;
  for (const word of order) {
    if (offset >= to) break;
    /** @type {DrawnToken[]} */
    const tokens = [];
    const begin = ends[word - 1] ?? 0;
    const end = /** @type {number} */ (ends[word]);
    let half = /** @type {0 | 1 | 2} */ (0);
    for (let i = begin; i < end; i++) {
      const id = /** @type {number} */ (ids[i]);
      const joins =
        half !== 1 && next !== undefined && i + 1 < end && id === next[0] && ids[i + 1] === next[1];
      half = half === 1 ? 2 : joins ? 1 : 0;
      if (offset >= from && offset < to)
        tokens.push({ offset, id, half, startsWord: i === begin && offset > 0 });
      offset += /** @type {Uint8Array} */ (vocab[id]).length;
    }
    if (tokens.length === 0) continue;
    if (words) {
      const { count } = /** @type {import("../../browser/tokenization/corpus.js").Word} */ (
        words[word]
      );
      rows.push({ count, tokens });
    } else {
      /** @type {Row} */ (rows[0]).tokens.push(...tokens);
    }
  }
  return rows;
}

/** Bytes per chunk: a step redraws only the chunks in which something changed. */
const CHUNK_BYTES = 24;

/**
 * The tokens of a row in chunks. A chunk holds the tokens that begin in its bytes, possibly none.
 * @param {readonly DrawnToken[]} tokens
 * @returns {DrawnToken[][]}
 */
export function chunksOf(tokens) {
  /** @type {DrawnToken[][]} */
  const chunks = [];
  const first = Math.floor((tokens[0]?.offset ?? 0) / CHUNK_BYTES);
  for (const token of tokens)
    (chunks[Math.floor(token.offset / CHUNK_BYTES) - first] ??= []).push(token);
  return Array.from(chunks, (chunk) => chunk ?? []);
}

/**
 * Whether two lists draw the same tokens at the same offsets with the same marks.
 * @param {readonly DrawnToken[]} a
 * @param {readonly DrawnToken[]} b
 */
export function sameTokens(a, b) {
  return (
    a.length === b.length &&
    a.every(({ offset, id, half, startsWord }, i) => {
      const other = /** @type {DrawnToken} */ (b[i]);
      return (
        offset === other.offset &&
        id === other.id &&
        half === other.half &&
        startsWord === other.startsWord
      );
    })
  );
}

/** The bytes to draw in all. @param {readonly number[]} order @param {Words} bytes before any merge */
export function byteLength(order, { ends }) {
  return order.reduce(
    (sum, word) => sum + /** @type {number} */ (ends[word]) - (ends[word - 1] ?? 0),
    0,
  );
}
