// The figure's numbers as text, and the selected cell in words.

import { weightCell } from "../../ui/attention_map/cells.js";
import { decimal } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import { tokenLabel } from "../../ui/tokens.js";

/** @typedef {import("../../browser/model/attention.js").Attention} Attention */
/** @typedef {import("../../browser/model/attention.js").Settings} Settings */
/** @typedef {import("./state.js").Stage} Stage */

const encoder = new TextEncoder();

/** The label of a token, with visible white space. @param {string} token */
export const labelOf = (token) => tokenLabel(encoder.encode(token)).text;

/**
 * A number with two decimals, or as a power of ten where it is very large.
 * @param {number} value
 */
export function number(value) {
  return Math.abs(value) < 1e6 ? decimal(value, 2) : power(value);
}

/** @param {number} value */
const power = (value) => value.toExponential(0).replace("e+", "e").replace("-", "−");

/** A score in a cell, in about three digits. @param {number} score */
function shortScore(score) {
  if (Math.abs(score) >= 999.5) return power(score);
  return decimal(score, Math.abs(score) < 9.95 ? 1 : 0);
}

/**
 * The cells of a stage. The color scale of scores spans all scores of the head, masked ones included,
 * so that a mask does not change the color of the other cells.
 * @param {Attention} attention
 * @param {Stage} stage
 * @returns {import("../../ui/attention_map/cells.js").Cell[][]}
 */
export function cellsOf({ scores, allowed, weights }, stage) {
  const { lowest, highest } = rangeOf(scores);
  return scores.map((row, i) =>
    row.map((score, j) => {
      const masked = stage !== "scores" && !allowed[i]?.[j];
      if (stage === "weights") return weightCell(weights[i]?.[j] ?? 0, masked);
      if (masked) return { text: "−∞", strength: 0, masked };
      return {
        text: shortScore(score),
        strength: highest > lowest ? (score - lowest) / (highest - lowest) : 0,
        masked,
      };
    }),
  );
}

/** @param {number[][]} scores */
export function rangeOf(scores) {
  const all = scores.flat();
  return { lowest: Math.min(...all), highest: Math.max(...all) };
}

/**
 * Why a query may not attend to a masked key, in words.
 * @param {readonly string[]} tokens
 * @param {number} row
 * @param {number} column
 * @param {Settings} settings
 */
export function whyMasked(tokens, row, column, { mask, window, padding }) {
  const key = labelOf(tokens[column] ?? "");
  if (column >= tokens.length - padding) return t("attention.masked.padding", { key });
  if (column > row)
    return t(mask === "prefix" ? "attention.masked.prefix" : "attention.masked.later", { key });
  return plural("attention.masked.window", window, { key });
}

/**
 * The selected cell in words.
 * @param {readonly string[]} tokens
 * @param {Attention} attention
 * @param {number} row
 * @param {number} column
 * @param {Settings} settings
 */
export function describe(tokens, { scores, allowed, weights }, row, column, settings) {
  const names = { query: labelOf(tokens[row] ?? ""), key: labelOf(tokens[column] ?? "") };
  if (!allowed[row]?.some(Boolean)) return t("attention.summary.nothing", names);
  if (!allowed[row]?.[column]) {
    const why = whyMasked(tokens, row, column, settings);
    return t("attention.summary.masked", { ...names, why });
  }
  return t("attention.summary", {
    ...names,
    score: number(scores[row]?.[column] ?? 0),
    weight: number(weights[row]?.[column] ?? 0),
  });
}

/** The settings in words. @param {import("./state.js").State} state */
export function describeSettings({ q, head, mask, window, prefix, padding, temperature, scaled }) {
  const parts = q.length > 1 ? [t("attention.summary.head", { n: head + 1 })] : [];
  parts.push(t(`attention.summary.mask.${mask}`, { n: mask === "window" ? window : prefix }));
  if (padding > 0) parts.push(plural("attention.summary.padding", padding));
  if (temperature !== 1) parts.push(t("attention.summary.temperature", { temperature }));
  if (!scaled) parts.push(t("attention.summary.unscaled", { d: q[0]?.[0]?.length ?? 1 }));
  return parts.join(" ");
}

/**
 * Which rows are all zeros, in words; "" if no row is.
 * @param {readonly string[]} tokens
 * @param {readonly boolean[]} empty
 */
export function describeEmpty(tokens, empty) {
  const names = tokens.filter((_, i) => empty[i]).map((token) => `“${labelOf(token)}”`);
  if (names.length === 0) return "";
  return plural("attention.summary.empty", names.length, { names: names.join(", ") });
}
