// The figure in words.

import { rowOf } from "../../browser/model/transformer/matrix.js";
import {
  attentionNormPart,
  FINAL_NORM,
  headPart,
  mlpNormPart,
  mlpPart,
  POSITIONS,
} from "../../browser/model/transformer/parts.js";
import { largest } from "../../browser/model/transformer/reading.js";
import { probabilityText } from "../../ui/live_model/prediction.js";
import { percent } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("../../browser/model/transformer/matrix.js").Matrix} Matrix */
/** @typedef {import("../../ui/live_model/prediction.js").Prediction} Prediction */

/** A weight that is 0 % when it is rounded. */
const NEGLIGIBLE = 0.005;

/** The name of every part, within a sentence. @param {{ n_layers: number, n_heads: number }} config @returns {Record<string, string>} */
export function partNames({ n_layers, n_heads }) {
  /** @type {Record<string, string>} */
  const names = {
    [POSITIONS]: t("explorer.part.positions"),
    [FINAL_NORM]: t("explorer.part.final"),
  };
  for (let i = 0; i < n_layers; i++) {
    const block = i + 1;
    for (let head = 0; head < n_heads; head++)
      names[headPart(i, head)] = t("explorer.part.head", { head: head + 1, block });
    names[mlpPart(i)] = t("explorer.part.mlp", { block });
    names[attentionNormPart(i)] = t("explorer.part.attention-norm", { block });
    names[mlpNormPart(i)] = t("explorer.part.mlp-norm", { block });
  }
  return names;
}

/**
 * The prediction, in a sentence, and what the removed parts change.
 * @param {string} token the last token that is read
 * @param {readonly Prediction[]} now the likeliest tokens
 * @param {Prediction} first the likeliest token of the whole model, as it is now
 * @param {readonly string[]} removed names of the removed parts
 */
export function describe(token, now, first, removed) {
  const [best, second] = now;
  if (!best || !second) return "";
  const expects = t("explorer.status", {
    token,
    best: best.label,
    p: probabilityText(best.probability),
    second: second.label,
    q: probabilityText(second.probability),
  });
  if (removed.length === 0) return expects;
  const values = {
    parts: removed.join(", "),
    first: first.label,
    before: probabilityText(first.before),
    now: probabilityText(first.probability),
  };
  return `${expects} ${removed.length > 3 ? plural("explorer.status.many", removed.length, values) : t("explorer.status.removed", values)}`;
}

/**
 * The tokens that a head attends to most from a position.
 * @param {Matrix} weights
 * @param {number} position
 * @param {number} n
 */
export function strongest(weights, position, n) {
  const row = rowOf(weights, position);
  return largest(row.subarray(0, position + 1), n).map((key) => ({
    key,
    weight: Number(row[key]),
  }));
}

/**
 * What a head does, in a sentence.
 * @param {readonly string[]} labels
 * @param {Matrix} weights
 * @param {number} position
 */
export function describeHead(labels, weights, position) {
  const [first, second] = strongest(weights, position, 2);
  const values = {
    query: labels[position] ?? "",
    key: labels[first?.key ?? 0] ?? "",
    weight: percent(first?.weight ?? 0, 0),
  };
  if (!second) return t("explorer.head.alone", values);
  if (second.weight < NEGLIGIBLE) return t("explorer.head.only", values);
  return t("explorer.head.about", {
    ...values,
    other: labels[second.key] ?? "",
    rest: percent(second.weight, 0),
  });
}
