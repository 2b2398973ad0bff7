// The figure in words.

import {
  attentionNormPart,
  FINAL_NORM,
  headPart,
  mlpNormPart,
  mlpPart,
  POSITIONS,
} from "../../browser/model/transformer/parts.js";
import { probabilityText } from "../../ui/live_model/prediction.js";
import { plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("../../ui/live_model/prediction.js").Prediction} Prediction */

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
