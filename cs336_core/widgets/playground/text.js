// Labels and sentences for tokens and their counts.

import { fixed } from "../../ui/numbers.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { hex, tokenLabel } from "../../ui/tokens.js";

/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./encoding_worker.js").Piece} Piece */
/** @typedef {import("./encoding_worker.js").Counts} Counts */

/** @param {string} name */
export const nameOf = (name) => t(`playground.name.${name}`);

/**
 * The label of a token. A bit has no text of its own.
 * @param {string} name the tokenizer's
 * @param {Piece} piece
 * @returns {{ text: string, kind: "text" | "bytes" }}
 */
export function labelOf(name, { id, bytes, long }) {
  if (name === "bits") return { text: String(id), kind: "text" };
  const label = tokenLabel(bytes);
  return long ? { ...label, text: `${label.text}…` } : label;
}

/**
 * Describes a token in a sentence.
 * @param {Result} result
 * @param {number} i
 */
export function describePiece({ name, counts, pieces }, i) {
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
    i: formatNumber(i + 1),
    n: formatNumber(counts.tokens),
    id: piece.id,
    bytes,
  });
}

/**
 * The statistics that a tokenizer shows beside its token count, with explanations.
 * @param {Counts} counts
 * @returns {{ text: string, title?: string }[]}
 */
export function statistics({ tokens, distinct, bytes, split, digits, digitTokens }) {
  if (tokens === 0) return [];
  const ratio = bytes / tokens;
  /** @type {{ text: string, title?: string }[]} */
  const items = [
    { text: t("playground.ratio", { ratio: fixed(ratio, ratio < 1 ? 3 : 2) }) },
    { text: t("playground.distinct", { n: formatNumber(distinct) }) },
  ];
  if (split)
    items.push({
      text: plural("playground.split", split, { n: formatNumber(split) }),
      title: t("playground.split.title"),
    });
  if (digits) {
    const key = digits === 1 ? "playground.digit" : "playground.digits";
    items.push({
      text: plural(key, digitTokens, {
        digits: formatNumber(digits),
        n: formatNumber(digitTokens),
      }),
      title: t("playground.digits.title"),
    });
  }
  return items;
}

/**
 * The counts of a text, in sentences.
 * @param {Result[]} results
 */
export function describeCounts(results) {
  const counts = results[0]?.counts;
  if (!counts) return "";
  const size = t("playground.summary", {
    bytes: formatNumber(counts.bytes),
    characters: formatNumber(counts.characters),
  });
  return [size, ...results.map(({ name, counts: { tokens } }) => tokensIn(name, tokens))].join(" ");
}

/** @param {string} name the tokenizer's @param {number} n */
const tokensIn = (name, n) =>
  plural("playground.summary.tokens", n, { n: formatNumber(n), name: nameOf(name) });

/**
 * How many tokens of each tokenizer cover the selected text, in sentences.
 * @param {{ name: string, tokens: number }[]} counts
 */
export function selectionText(counts) {
  return [
    t("playground.selected"),
    ...counts.map(({ name, tokens }) => tokensIn(name, tokens)),
  ].join(" ");
}
