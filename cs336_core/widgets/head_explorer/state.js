// The reader's settings, bounded by the model and the sentence.

import { schema } from "#schema/head_explorer";
import { headPart, placeOf } from "../../browser/model/transformer/parts.js";

/** @typedef {import("#schema/head_explorer").Traits & { files?: Record<string, string> }} State */
/** @typedef {State["target"]} Target */
/** A head: its block and its index, from 0. @typedef {{ block: number, head: number }} Place */

export { schema };

export const TARGETS = schema.target.choices;

/**
 * The head that a setting names; undefined if the model has none of that name.
 * @param {string} setting
 * @param {import("../../browser/model/transformer/model.js").Config} config
 * @returns {Place | undefined}
 */
export function headIn(setting, config) {
  const place = placeOf(setting, config);
  return place?.head === undefined ? undefined : { block: place.block, head: place.head };
}

/** @param {Place} place */
export const settingOf = ({ block, head }) => headPart(block, head);
