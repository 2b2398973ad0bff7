// Quantities with their units, as people read them: three digits that count, and a prefix or a word.

import { addStrings, t } from "./strings.js";

addStrings({
  en: {
    "quantity.words": "million,billion,trillion,quadrillion",
    "quantity.days": "{n} days",
    "quantity.years": "{n} years",
    "quantity.hours": "{n} hours",
    "quantity.minutes": "{n} minutes",
  },
});

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * Three digits that count, whole thousands apart: 1.09, 78.9, 1,120.
 * @param {number} value
 */
export function digits(value) {
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString("en", { maximumSignificantDigits: Math.abs(rounded) < 1000 ? 3 : 21 });
}

/**
 * With a prefix of the SI: `1.2 TFLOPs`. What no prefix reaches is a power of ten.
 * @param {number} value 0 or more
 * @param {string} unit
 */
export function prefixed(value, unit) {
  const rounded = Number(value.toPrecision(3));
  const step = rounded < 1 ? 0 : Math.floor(Math.log10(rounded) / 3 + 1e-9);
  const prefix = PREFIXES[step];
  return prefix === undefined ? `${scientific(value)} ${unit}` : `${digits(value / 1000 ** step)} ${prefix}${unit}`;
}

/**
 * As a power of ten: `6.3 × 10²⁴`.
 * @param {number} value
 */
export function scientific(value) {
  const [mantissa = "", exponent = ""] = value.toExponential(2).split("e");
  const raised = [...exponent].map((sign) => (sign === "-" ? "⁻" : sign === "+" ? "" : SUPERSCRIPTS[Number(sign)])).join("");
  return `${Number(mantissa)} × 10${raised}`;
}

/**
 * In words from a million on: `70 billion`.
 * @param {number} value
 */
export function worded(value) {
  const words = t("quantity.words").split(",");
  const rounded = Number(value.toPrecision(3));
  const step = Math.min(words.length, Math.floor(Math.log10(Math.max(1, rounded)) / 3 + 1e-9) - 1);
  return step < 1 ? digits(value) : `${digits(value / 1000 ** (step + 1))} ${words[step - 1]}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/**
 * A time from nanoseconds to years, in the unit that leaves the fewest digits.
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds < 0.9995e-6) return `${digits(seconds * 1e9)} ns`;
  if (seconds < 0.9995e-3) return `${digits(seconds * 1e6)} µs`;
  if (seconds < 0.9995) return `${digits(seconds * 1e3)} ms`;
  if (seconds < 2 * MINUTE) return `${digits(seconds)} s`;
  if (seconds < 2 * HOUR) return t("quantity.minutes", { n: digits(seconds / MINUTE) });
  if (seconds < 2 * DAY) return t("quantity.hours", { n: digits(seconds / HOUR) });
  if (seconds < 3 * YEAR) return t("quantity.days", { n: digits(seconds / DAY) });
  return t("quantity.years", { n: digits(seconds / YEAR) });
}
