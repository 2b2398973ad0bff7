// The reader's settings: which tokenizers, and whether a text fits into the page's address.

import { schema } from "#schema/playground";
import { loneSurrogate } from "../../browser/tokenization/simple.js";
import { t } from "../../ui/strings.js";
import { LONGEST as IN_ADDRESS } from "../../ui/url.js";
import { byteSize } from "./offsets.js";

/** @type {readonly string[]} */
export const NAMES = schema.tokenizers.names;
/** Bytes of UTF-8. */
export const LONGEST = schema.text.most_bytes;
/** A longer text is read-only: a browser's text area takes seconds for a million characters. */
export const WRITABLE = 20_000;
/** Servers refuse longer addresses; a Chinese character takes nine characters there. */
const IN_ADDRESS_ENCODED = 6000;

/**
 * The valid names in a setting, which may come from anyone's link, without duplicates.
 * @param {string} setting names, separated by commas
 * @param {string[]} offered
 */
export function namesOf(setting, offered) {
  const names = setting.split(",");
  return offered.filter((name) => names.includes(name));
}

/** @param {string} text */
export function fitsAddress(text) {
  return text.length <= IN_ADDRESS && encodeURIComponent(text).length <= IN_ADDRESS_ENCODED;
}

/**
 * The error message for a text that is refused, or "".
 * @param {string} text
 */
export function textProblem(text) {
  const surrogate = loneSurrogate(text);
  if (surrogate) return t("playground.surrogate", surrogate);
  const size = text.length > LONGEST / 4 ? byteSize(text) : 0;
  if (size <= LONGEST) return "";
  return t("playground.large", {
    size: (Math.ceil(size / 1e5) / 10).toFixed(1),
    max: LONGEST / 1e6,
  });
}
