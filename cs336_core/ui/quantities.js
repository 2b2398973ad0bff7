// Formatting of quantities: three significant digits and a prefix or a word, equal to
// `cs336_core.accounting.units`.

import { fixed } from "./numbers.js";
import { addStrings, plural, t } from "./strings.js";

addStrings({
  en: {
    "quantity.millions": "million,billion,trillion,quadrillion",
    "quantity.minutes": "{n} minutes",
    "quantity.hours": "{n} hours",
    "quantity.days": "{n} days",
    "quantity.years": "{n} years",
    "quantity.minutes.one": "1 minute",
    "quantity.hours.one": "1 hour",
    "quantity.days.one": "1 day",
    "quantity.years.one": "1 year",
  },
});

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * `value` rounded to three digits as Python's `f"{value:.3g}"` does: ties go to
 * the even digit.
 * @param {number} value
 */
function threeDigits(value) {
  const [mantissa = "", exponent = ""] = value.toExponential(60).split("e");
  const point = mantissa.indexOf(".");
  const isHalf = /^50*$/.test(mantissa.slice(point + 3));
  const down = `${mantissa.slice(0, point + 3)}e${exponent}`;
  return isHalf && Number(mantissa[point + 2]) % 2 === 0
    ? Number(down)
    : Number(value.toPrecision(3));
}

/** Rounded to three digits, or to a whole number from 1,000 on. @param {number} value */
function rounded(value) {
  if (Math.abs(value) < 1000) return threeDigits(value);
  return Number.isInteger(value) ? value : Number(fixed(value, 0));
}

/**
 * Three significant digits without trailing zeros, or all digits of an integer: 1.09, 79, 12,345.
 * @param {number} value
 */
export function digits(value) {
  const number = rounded(value);
  const size = Math.abs(number);
  if (number && (size >= 1e15 || size < 1e-4))
    return Number(number.toPrecision(6))
      .toExponential()
      .replace(/e([+-])(\d)$/, "e$10$2");
  return number.toLocaleString("en", { maximumFractionDigits: 6 });
}

/**
 * How often `value` is divided by `base` until it is less than `base`: at most `maxSteps` times.
 * @param {number} value
 * @param {number} base
 * @param {number} maxSteps
 */
function stepsOf(value, base, maxSteps) {
  let step = 0;
  while (step < maxSteps && rounded(value / base ** step) >= base) step += 1;
  return step;
}

/**
 * With an SI prefix: `1.2 TFLOPs`, `3.35 TB/s`.
 * @param {number} value 0 or more
 * @param {string} unit
 */
export function prefixed(value, unit) {
  const step = stepsOf(value, 1000, PREFIXES.length - 1);
  return `${digits(value / 1000 ** step)} ${PREFIXES[step]}${unit}`;
}

/**
 * Bytes of memory, in powers of 1,024: `4.5 MiB`.
 * @param {number} bytes
 */
export function memory(bytes) {
  const step = stepsOf(bytes, 1024, BINARY.length - 1);
  return `${digits(bytes / 1024 ** step)} ${BINARY[step]}B`;
}

/**
 * In words from a million on: `70 billion`.
 * @param {number} value
 */
export function worded(value) {
  const words = t("quantity.millions").split(",");
  const step = stepsOf(value, 1000, words.length + 1);
  return step < 2 ? digits(value) : `${digits(value / 1000 ** step)} ${words[step - 2]}`;
}

/**
 * As a power of ten: `6.3 × 10²⁴`.
 * @param {number} value
 */
export function scientific(value) {
  const [mantissa = "", exponent = ""] = threeDigits(value).toExponential().split("e");
  const raised = [...exponent]
    .map((sign) => (sign === "-" ? "⁻" : sign === "+" ? "" : SUPERSCRIPTS[Number(sign)]))
    .join("");
  return `${mantissa} × 10${raised}`;
}

/** @type {[name: string, seconds: number][]} */
const DURATIONS = [
  ["years", 365 * 86_400],
  ["days", 86_400],
  ["hours", 3600],
  ["minutes", 60],
  ["s", 1],
  ["ms", 1e-3],
  ["µs", 1e-6],
];

/**
 * A time in the largest unit of which there is at least one.
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds === 0) return "0 s";
  const [name, length] = DURATIONS.find(([, unit]) => rounded(seconds / unit) >= 1) ?? ["ns", 1e-9];
  const n = digits(seconds / length);
  return length < 60
    ? `${n} ${name}`
    : plural(`quantity.${name}`, rounded(seconds / length), { n });
}
