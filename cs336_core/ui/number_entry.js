// Validation of numbers typed into a box, with a note for the reader.

import { formatPrecisely, t } from "./strings.js";

/** @typedef {{ min: number, max: number, whole: boolean }} Bounds */

/** Placeholder for text that a browser's number box cannot read and reports as "". */
export const UNREADABLE = "?";

/** @param {string} text */
const parsed = (text) => (text.trim() === "" ? NaN : Number(text));

/**
 * The number to set, and a note if it differs from the one that was typed.
 * @param {string} text
 * @param {Bounds} bounds
 * @param {number} value the current number, which stays if the text is not a number
 * @returns {{ value: number, note: string }}
 */
export function entered(text, { min, max, whole }, value) {
  const typed = parsed(text);
  if (!Number.isFinite(typed))
    return { value, note: t("number.unreadable", { n: formatPrecisely(value) }) };
  if (typed < min) return { value: min, note: t("number.min", { n: formatPrecisely(min) }) };
  if (typed > max) return { value: max, note: t("number.max", { n: formatPrecisely(max) }) };
  if (whole && !Number.isInteger(typed))
    return {
      value: Math.round(typed),
      note: t("number.whole", { n: formatPrecisely(Math.round(typed)) }),
    };
  return { value: typed, note: "" };
}

/**
 * What is wrong with a number that is still being typed; "" if more digits may fix it.
 * @param {string} text
 * @param {Bounds} bounds
 */
export function problemOf(text, { min, max, whole }) {
  if (text.trim() === "" || text.trim() === "-") return "";
  const typed = parsed(text);
  const ends =
    !Number.isFinite(typed) ||
    typed > max ||
    (typed < 0 && min >= 0) ||
    (whole && !Number.isInteger(typed));
  if (!ends) return "";
  const bounds = { min: formatPrecisely(min), max: formatPrecisely(max) };
  return t(whole ? "number.expected.whole" : "number.expected", bounds);
}

/** The number of characters of the longest number that the box may hold. @param {Bounds} bounds */
export function widthOf({ min, max, whole }) {
  return Math.max(String(min).length, String(max).length, whole ? 0 : 5);
}
