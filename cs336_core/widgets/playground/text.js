// A token and its numbers in words and as labels.

import { fixed } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import { hex, tokenLabel } from "../../ui/tokens.js";

/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./encoding_worker.js").Piece} Piece */
/** @typedef {import("./encoding_worker.js").Counts} Counts */

/** @param {string} name */
export const nameOf = (name) => t(`playground.name.${name}`);

/** @param {number} n */
export const grouped = (n) => n.toLocaleString("en");

/**
 * What a token shows. A bit has no text of its own.
 * @param {string} name of the tokenizer
 * @param {Piece} piece
 * @returns {{ text: string, kind: "text" | "bytes" }}
 */
export function labelOf(name, { id, bytes, long }) {
  if (name === "bits") return { text: String(id), kind: "text" };
  const label = tokenLabel(bytes);
  return long ? { ...label, text: `${label.text}…` } : label;
}

/**
 * A token in a sentence.
 * @param {Result} result
 * @param {number} i
 */
export function toldPiece({ name, counts, pieces }, i) {
  const piece = /** @type {Piece} */ (pieces[i]);
  const label = labelOf(name, piece);
  const shown = `${hex(piece.bytes)}${piece.long ? " …" : ""}`;
  const bytes =
    name === "bits"
      ? t("playground.bit", { i: (piece.from % 8) + 1, hex: shown })
      : t(piece.bytes.length === 1 ? "playground.byte" : "playground.bytes", { hex: shown });
  return t("playground.piece", {
    text: label.text,
    name: nameOf(name),
    i: grouped(i + 1),
    n: grouped(counts.tokens),
    id: piece.id,
    bytes,
  });
}

/**
 * The figures of a tokenizer beside the number of its tokens, each with what it means.
 * @param {Counts} counts
 * @returns {{ text: string, title?: string }[]}
 */
export function figures({ tokens, different, bytes, cut, digits, digitTokens }) {
  if (tokens === 0) return [];
  const ratio = bytes / tokens;
  /** @type {{ text: string, title?: string }[]} */
  const all = [
    { text: t("playground.ratio", { ratio: fixed(ratio, ratio < 1 ? 3 : 2) }) },
    { text: t("playground.different", { n: grouped(different) }) },
  ];
  if (cut)
    all.push({
      text: plural("playground.cut", cut, { n: grouped(cut) }),
      title: t("playground.cut.title"),
    });
  if (digits) {
    const key = digits === 1 ? "playground.digit" : "playground.digits";
    all.push({
      text: plural(key, digitTokens, { digits: grouped(digits), n: grouped(digitTokens) }),
      title: t("playground.digits.title"),
    });
  }
  return all;
}

/**
 * What was counted, in sentences.
 * @param {Result[]} results
 */
export function toldCounts(results) {
  const counts = results[0]?.counts;
  if (!counts) return "";
  const size = t("playground.told", {
    bytes: grouped(counts.bytes),
    characters: grouped(counts.characters),
  });
  return [size, ...results.map(({ name, counts: { tokens } }) => tokensIn(name, tokens))].join(" ");
}

/** @param {string} name of the tokenizer @param {number} n */
const tokensIn = (name, n) =>
  plural("playground.told.tokens", n, { n: grouped(n), name: nameOf(name) });

/**
 * In how many tokens of each tokenizer the selected text lies, in sentences.
 * @param {{ name: string, tokens: number }[]} counts
 */
export function selectionText(counts) {
  return [
    t("playground.selected"),
    ...counts.map(({ name, tokens }) => tokensIn(name, tokens)),
  ].join(" ");
}
