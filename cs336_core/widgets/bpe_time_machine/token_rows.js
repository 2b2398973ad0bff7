// What the stage shows of the corpus at a step: a part of it that can be drawn within a frame.

/** @typedef {import("../../browser/tokenization/bpe_training.js").Words} Words */
/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */

/**
 * @typedef {object} Place a token as it stands on the stage
 * @property {number} at the byte at which it begins: as long as that stays, so does its chip
 * @property {number} id
 * @property {0 | 1 | 2} half 1 or 2 where it is the left or right half of the pair that merges next
 * @property {boolean} cut whether the text is cut before it
 */

/** @typedef {{ count: number, places: Place[] }} Row one counted word; a text is one row */

/** Bytes of the corpus that are shown at once. */
export const PART = 240;

/**
 * The rows between two bytes of the corpus.
 * @param {Words} state
 * @param {{ order: readonly number[], words?: readonly import("../../browser/tokenization/corpus.js").Word[] }} corpus
 *   the words one after another; with `words`, each is a row with its count
 * @param {readonly Uint8Array[]} vocab
 * @param {Pair | undefined} next the pair that merges next
 * @param {number} from
 * @param {number} to
 * @returns {Row[]}
 */
export function rowsOf({ ids, ends }, { order, words }, vocab, next, from, to) {
  /** @type {Row[]} */
  const rows = words ? [] : [{ count: 1, places: [] }];
  let at = 0;
  for (const word of order) {
    if (at >= to) break;
    /** @type {Place[]} */
    const places = [];
    const end = /** @type {number} */ (ends[word]);
    let half = /** @type {0 | 1 | 2} */ (0);
    const begin = ends[word - 1] ?? 0;
    for (let i = begin; i < end; i++) {
      const id = /** @type {number} */ (ids[i]);
      const joins =
        half !== 1 && next !== undefined && i + 1 < end && id === next[0] && ids[i + 1] === next[1];
      half = half === 1 ? 2 : joins ? 1 : 0;
      if (at >= from && at < to) places.push({ at, id, half, cut: i === begin && at > 0 });
      at += /** @type {Uint8Array} */ (vocab[id]).length;
    }
    if (places.length === 0) continue;
    if (words) {
      const { count } = /** @type {import("../../browser/tokenization/corpus.js").Word} */ (
        words[word]
      );
      rows.push({ count, places });
    } else {
      /** @type {Row} */ (rows[0]).places.push(...places);
    }
  }
  return rows;
}

/** Bytes whose tokens are drawn as one chunk: a step redraws the chunks in which something changed. */
const CHUNK = 24;

/**
 * The tokens of a row in chunks. A chunk has the tokens that begin in its bytes, and may be empty.
 * @param {readonly Place[]} places
 * @returns {Place[][]}
 */
export function chunksOf(places) {
  /** @type {Place[][]} */
  const chunks = [];
  const first = Math.floor((places[0]?.at ?? 0) / CHUNK);
  for (const place of places) (chunks[Math.floor(place.at / CHUNK) - first] ??= []).push(place);
  return Array.from(chunks, (chunk) => chunk ?? []);
}

/**
 * Whether the same tokens stand in the same places, and look the same.
 * @param {readonly Place[]} some
 * @param {readonly Place[]} others
 */
export function samePlaces(some, others) {
  return (
    some.length === others.length &&
    some.every(({ at, id, half, cut }, i) => {
      const other = /** @type {Place} */ (others[i]);
      return at === other.at && id === other.id && half === other.half && cut === other.cut;
    })
  );
}

/** How many bytes are drawn in all. @param {readonly number[]} order @param {Words} bytes before any merge */
export function lengthOf(order, { ends }) {
  return order.reduce(
    (sum, word) => sum + /** @type {number} */ (ends[word]) - (ends[word - 1] ?? 0),
    0,
  );
}
