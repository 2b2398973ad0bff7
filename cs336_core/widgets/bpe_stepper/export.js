// The stepper's data and picture, as text that a reader can save.

import { Picture, WITH_ID } from "../../ui/picture.js";
import { labelsOf, tokenData } from "../../ui/tokens.js";
import { countPairs, halves, highest } from "./bpe.js";

/** @typedef {import("./bpe.js").Story} Story */

/**
 * The two tokens of a merge and the one that they became, each as text and as bytes.
 * @param {Pick<Story, "merges" | "vocab">} run
 * @param {number} rank
 */
export function mergeData({ merges, vocab }, rank) {
  const [left, right] = /** @type {import("./bpe.js").Pair} */ (merges[rank]);
  const data = (/** @type {number} */ id) => tokenData(vocab[id] ?? new Uint8Array());
  const [first, second, token] = [data(left), data(right), data(256 + rank)];
  return {
    left_id: left,
    right_id: right,
    id: 256 + rank,
    left: first.text,
    right: second.text,
    token: token.text,
    left_bytes: first.bytes,
    right_bytes: second.bytes,
    token_bytes: token.bytes,
  };
}

/**
 * One row per merge: what was joined into what, and how things stood then.
 * @param {Pick<Story, "merges" | "vocab" | "ratios">} run
 * @param {(i: number) => { count: number, tied: number, tokens: number }} stood
 */
export function mergeRows(run, stood) {
  return run.merges.map((_, i) => ({
    merge: i + 1,
    ...mergeData(run, i),
    ...stood(i),
    bytes_per_token: Number((run.ratios[i + 1] ?? 0).toFixed(4)),
  }));
}

/** @param {Story} story */
export function csvRows(story) {
  const { sequences } = story;
  return mergeRows(story, (i) => ({
    ...highest(countPairs(sequences[i] ?? [])),
    tokens: sequences[i + 1]?.length ?? 0,
  }));
}

/** @param {Story} story */
export function jsonText(story) {
  return `${JSON.stringify({ text: story.text, merges: csvRows(story), ids: story.sequences.at(-1) }, null, 2)}\n`;
}

/**
 * The sequence at one step as a picture: chips in rows, and the step in words under them.
 * @param {Story} story
 * @param {number} step
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG({ sequences, vocab, merges }, step, caption, color) {
  const ids = sequences[step] ?? [];
  const marks = halves(ids, merges[step]);
  const label = labelsOf(vocab);
  const picture = new Picture(color);
  picture.chips(
    ids.map((id, i) => ({ id, text: label(id), marked: marks[i] !== 0 })),
    WITH_ID,
  );
  picture.caption(caption);
  return picture.toSVG(caption);
}
