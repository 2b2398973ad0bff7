// The time machine's data and picture, as text for the reader to save.

import { MARGIN, Picture, WITH_ID } from "../../ui/picture.js";
import { labelsOf, tokenData } from "../../ui/tokens.js";

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */
/** @typedef {import("../../browser/tokenization/bpe_encoding.js").Encoding} Encoding */

/**
 * The two tokens of a merge and the token they became, each as text and as bytes.
 * @param {Run} run
 * @param {number} rank
 */
function mergeData({ merges, vocab }, rank) {
  const [left, right] = /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (
    merges[rank]
  );
  const data = (/** @type {number} */ id) => tokenData(vocab[id] ?? new Uint8Array());
  const [leftData, rightData, token] = [data(left), data(right), data(256 + rank)];
  return {
    left_id: left,
    right_id: right,
    id: 256 + rank,
    left: leftData.text,
    right: rightData.text,
    token: token.text,
    left_bytes: leftData.bytes,
    right_bytes: rightData.bytes,
    token_bytes: token.bytes,
  };
}

/** One row per merge. @param {Run} run */
export function trainingRows(run) {
  return run.merges.map((_, rank) => ({
    merge: rank + 1,
    ...mergeData(run, rank),
    count: run.counts[rank] ?? 0,
    tied: run.tied[rank] ?? 0,
    tokens: run.tokens[rank + 1] ?? 0,
    bytes_per_token: Number((run.ratios[rank + 1] ?? 0).toFixed(4)),
  }));
}

/** One row per step of encoding. @param {Run} run @param {Encoding} encoding */
export function encodingRows(run, { steps, states }) {
  return steps.map(({ rank, occurrences }, i) => ({
    step: i + 1,
    merge: rank + 1,
    ...mergeData(run, rank),
    occurrences,
    tokens: states[i + 1]?.ids.length ?? 0,
  }));
}

/**
 * @param {import("./state.js").State} state
 * @param {Run} run
 * @param {Encoding} encoding
 */
export function jsonText(state, run, encoding) {
  const { text, kind, tie_break, pretokenization, new_text, compact } = state;
  const data = {
    text,
    kind,
    tie_break,
    pretokenization,
    merges: trainingRows(run),
    encoding: compact
      ? undefined // the compact figure does not show it
      : {
          text: new_text,
          steps: encodingRows(run, encoding),
          ids: [...(encoding.states.at(-1)?.ids ?? [])],
        },
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** The x of the first chip of a counted word, to the right of its count. */
const COUNTED = MARGIN + 60;

/**
 * The tokens of a step as a picture: chips in rows, and a caption below.
 * @param {readonly import("./token_rows.js").Row[]} rows
 * @param {boolean} counted whether each row is a word with its count
 * @param {readonly Uint8Array[]} vocab
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(rows, counted, vocab, caption, color) {
  const label = labelsOf(vocab);
  const picture = new Picture(color);
  rows.forEach(({ count, tokens }, row) => {
    if (row > 0) picture.y += WITH_ID.between;
    if (counted)
      picture.text(`${count}×`, COUNTED - 12, picture.y + 27, { anchor: "end", color: "quiet" });
    const chips = tokens.map(({ id, half, startsWord }) => ({
      id,
      text: label(id),
      marked: half !== 0,
      apart: startsWord && !counted,
    }));
    picture.chips(chips, WITH_ID, counted ? COUNTED : MARGIN);
  });
  picture.caption(caption);
  return picture.toSVG(caption);
}
