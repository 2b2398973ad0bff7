// What the reader sets: which tokenizers, and whether a text fits into the page's address.

import { schema } from "#schema/playground";
import { loneSurrogate } from "../../browser/tokenization/simple.js";
import { t } from "../../ui/strings.js";
import { LONGEST as IN_ADDRESS } from "../../ui/url.js";
import { sizeOf } from "./offsets.js";

/** @type {readonly string[]} */
export const NAMES = schema.tokenizers.names;
/** Bytes of UTF-8. */
export const LONGEST = schema.text.most_bytes;
/** A longer text is not written in: a browser's text area takes seconds for a million characters. */
export const WRITABLE = 20_000;
/** Servers refuse longer addresses; a Chinese character takes nine characters of one. */
const IN_ADDRESS_ENCODED = 6000;

/**
 * The tokenizers of a setting, which may come from anyone's link: known ones, each once.
 * @param {string} setting names, by commas
 * @param {string[]} offered
 */
export function namesOf(setting, offered) {
  const wanted = setting.split(",");
  return offered.filter((name) => wanted.includes(name));
}

/** @param {string} text */
export function fitsAddress(text) {
  return text.length <= IN_ADDRESS && encodeURIComponent(text).length <= IN_ADDRESS_ENCODED;
}

/**
 * Why a text is refused; "" where it is not.
 * @param {string} text
 */
export function refusal(text) {
  const lone = loneSurrogate(text);
  if (lone) return t("playground.surrogate", lone);
  const size = text.length > LONGEST / 4 ? sizeOf(text) : 0;
  if (size <= LONGEST) return "";
  return t("playground.large", {
    size: (Math.ceil(size / 1e5) / 10).toFixed(1),
    most: LONGEST / 1e6,
  });
}
