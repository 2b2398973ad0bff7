// The reader's settings, bounded, and the tokens that the figure shows.

import { schema } from "#schema/transformer_explorer";
import { partsOf } from "../../browser/model/transformer/parts.js";
import { boundedBy, within } from "../../ui/state.js";

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

/**
 * The settings for a text of `n` tokens: the position counts from 0.
 * @param {State} given
 * @param {number} n
 */
export function placed(given, n) {
  const { position } = boundedBy(schema, given);
  return position === 0 ? n - 1 : within(position - 1, 0, n - 1);
}
