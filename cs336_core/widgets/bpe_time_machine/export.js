// The time machine's data and picture, as text that a reader can save.

import { MARGIN, Picture, WITH_ID } from "../../ui/picture.js";
import { labelsOf } from "../../ui/tokens.js";
import { mergeData, mergeRows } from "../bpe_stepper/export.js";

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */
/** @typedef {import("../../browser/tokenization/bpe_encoding.js").Encoding} Encoding */

/** @param {Run} run */
export function trainingRows(run) {
  const { counts, tied, tokens } = run;
  return mergeRows(run, (i) => ({
    count: counts[i] ?? 0,
    tied: tied[i] ?? 0,
    tokens: tokens[i + 1] ?? 0,
  }));
}

/** One row per step of encoding. @param {Run} run @param {Encoding} encoding */
export function encodingRows(run, { steps, states }) {
  return steps.map(({ rank, places }, i) => ({
    step: i + 1,
    merge: rank + 1,
    ...mergeData(run, rank),
    occurrences: places,
    tokens: states[i + 1]?.ids.length ?? 0,
  }));
}

/**
 * @param {import("./state.js").State} state
 * @param {Run} run
 * @param {Encoding} encoding
 */
export function jsonText({ text, kind, tie_break, pretokenization, new_text }, run, encoding) {
  const told = {
    text,
    kind,
    tie_break,
    pretokenization,
    merges: trainingRows(run),
    encoding: {
      text: new_text,
      steps: encodingRows(run, encoding),
      ids: [...(encoding.states.at(-1)?.ids ?? [])],
    },
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** Where the chips of a counted word begin, to the right of its count. */
const COUNTED = MARGIN + 60;

/**
 * What the stage shows as a picture: chips in rows, and the step in words under them.
 * @param {readonly import("./token_rows.js").Row[]} rows
 * @param {boolean} counted whether each row is a word with its count
 * @param {readonly Uint8Array[]} vocab
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(rows, counted, vocab, caption, color) {
  const label = labelsOf(vocab);
  const picture = new Picture(color);
  rows.forEach(({ count, places }, row) => {
    if (row > 0) picture.y += WITH_ID.between;
    if (counted)
      picture.words(`${count}×`, COUNTED - 12, picture.y + 27, { anchor: "end", color: "quiet" });
    const chips = places.map(({ id, half, cut }) => ({
      id,
      text: label(id),
      marked: half !== 0,
      apart: cut && !counted,
    }));
    picture.chips(chips, WITH_ID, counted ? COUNTED : MARGIN);
  });
  picture.caption(caption);
  return picture.toSVG(caption);
}
