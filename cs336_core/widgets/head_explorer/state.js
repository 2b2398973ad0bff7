// The reader's settings, bounded by the model and the sentence.

import { schema } from "#schema/head_explorer";
import { headPart, indicesOf } from "../../browser/model/transformer/parts.js";

/** @typedef {import("#schema/head_explorer").Traits & { files?: Record<string, string> }} State */
/** @typedef {State["target"]} Target */
/** A head: its block and its index, from 0. @typedef {{ block: number, head: number }} HeadIndex */

export { schema };

export const TARGETS = schema.target.choices;

/**
 * The head that a setting names; undefined if the model has none of that name.
 * @param {string} setting
 * @param {import("../../browser/model/transformer/model.js").Config} config
 * @returns {HeadIndex | undefined}
 */
export function headIn(setting, config) {
  const indices = indicesOf(setting, config);
  return indices?.head === undefined ? undefined : { block: indices.block, head: indices.head };
}

/** @param {HeadIndex} headIndex */
export const settingOf = ({ block, head }) => headPart(block, head);
