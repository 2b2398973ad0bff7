// The reader's settings, bounded by the model and the sentence.

import { schema } from "#schema/head_explorer";
import { headPart } from "../../browser/model/transformer/parts.js";

/** @typedef {import("#schema/head_explorer").Traits & { files?: Record<string, string> }} State */
/** @typedef {State["target"]} Target */
/** @typedef {import("../../browser/model/transformer/parts.js").HeadIndex} HeadIndex */

export { schema };

export const TARGETS = schema.target.choices;

/** @param {HeadIndex} headIndex */
export const settingOf = ({ block, head }) => headPart(block, head);
