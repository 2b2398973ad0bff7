// Validation of numbers typed into a box, with a note for the reader.

import { t } from "./strings.js";

/** @typedef {{ least: number, most: number, whole: boolean }} Bounds */

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
export function entered(text, { least, most, whole }, value) {
  const typed = parsed(text);
  if (!Number.isFinite(typed)) return { value, note: t("number.unreadable", { n: value }) };
  if (typed < least) return { value: least, note: t("number.least", { n: least }) };
  if (typed > most) return { value: most, note: t("number.most", { n: most }) };
  if (whole && !Number.isInteger(typed))
    return { value: Math.round(typed), note: t("number.whole", { n: Math.round(typed) }) };
  return { value: typed, note: "" };
}

/**
 * What is wrong with a number that is still being typed; "" if more digits may fix it.
 * @param {string} text
 * @param {Bounds} bounds
 */
export function problemOf(text, { least, most, whole }) {
  if (text.trim() === "" || text.trim() === "-") return "";
  const typed = parsed(text);
  const ends =
    !Number.isFinite(typed) ||
    typed > most ||
    (typed < 0 && least >= 0) ||
    (whole && !Number.isInteger(typed));
  return ends ? t(whole ? "number.expected.whole" : "number.expected", { least, most }) : "";
}

/** How many characters the longest number takes that the box may hold. @param {Bounds} bounds */
export function widthOf({ least, most, whole }) {
  return Math.max(String(least).length, String(most).length, whole ? 0 : 5);
}
