// The reader's settings, bounded, and the tokens that the figure shows.

import { schema } from "#schema/transformer_explorer";
import { partsOf } from "../../browser/model/transformer/parts.js";

/** @typedef {import("#schema/transformer_explorer").Traits & { files?: Record<string, string> }} State */

export { schema };

/**
 * The names in a setting that are parts of the model; a link may have any text.
 * @param {string} setting names, separated by commas
 * @param {import("../../browser/model/transformer/model.js").Config} config
 */
export function partsIn(setting, config) {
  const names = setting.split(",");
  return partsOf(config).filter((part) => names.includes(part));
}

/**
 * A setting with a part added to it, or taken from it.
 * @param {readonly string[]} parts
 * @param {string} part
 */
export const toggled = (parts, part) =>
  (parts.includes(part) ? parts.filter((other) => other !== part) : [...parts, part]).join();
