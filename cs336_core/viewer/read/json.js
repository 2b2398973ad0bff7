// Parses JSON as Python writes it; an error explains what the file is instead.

import { formatNumber, t } from "../../ui/strings.js";
import { findJsonError } from "./json_error.js";
import { TraceError } from "./node.js";
import "./strings.en.js";

/** Characters of the file that a message quotes. */
const EXCERPT = 20;
const WEB_PAGE = /^\s*<(?:!doctype|html|head|body|!--|\?xml)/i;
/** A cheap test for integers that JavaScript might not be able to hold. */
const MAYBE_LONG = /[^\d.]\d{16}/;
const LONG = /^-?\d{16,}$/;
const NUMBER = /-?(?:Infinity|NaN|\d[\d.eE+-]*)/g;
/** Numbers that Python's JSON has and JavaScript's lacks, as Python's `str()` writes them. */
const CONSTANTS = new Map([
  ["NaN", "nan"],
  ["Infinity", "inf"],
  ["-Infinity", "-inf"],
]);

/**
 * Parses JSON; throws `TraceError` for anything else. Numbers that JavaScript lacks (NaN and the
 * infinities of Python's JSON, integers past 2 ** 53) become strings, as our recorder writes them.
 * @param {string} text
 * @returns {unknown}
 */
export function parseJSON(text) {
  try {
    return JSON.parse(MAYBE_LONG.test(text) ? quoteNumbers(text) : text);
  } catch {
    const offset = findJsonError(text);
    if (offset !== -1) throw new TraceError(describeError(text, offset));
  }
  try {
    return JSON.parse(quoteNumbers(text));
  } catch {
    throw new TraceError(t("reading.deep")); // some browsers limit the nesting of JSON
  }
}

/**
 * Explains why a text is not JSON.
 * @param {string} text
 * @param {number} offset of the error
 */
function describeError(text, offset) {
  const before = text.slice(0, offset);
  const excerpt = text.slice(offset, offset + EXCERPT);
  if (text.trim() === "") return t("reading.empty");
  if (WEB_PAGE.test(text.slice(0, 1000))) return t("reading.page");
  if (excerpt === "") return t("reading.truncated", { n: formatNumber(text.length) });
  if (before.trim() === "") return t("reading.begins", { text: excerpt });
  const line = before.split("\n").length;
  return t("reading.at", { line, column: offset - before.lastIndexOf("\n"), text: excerpt });
}

/**
 * The text of a file, with the numbers that JavaScript lacks in quotes.
 * @param {string} text
 */
function quoteNumbers(text) {
  const parts = [];
  for (let i = 0; i < text.length; ) {
    const quote = text.indexOf('"', i);
    const string = quote === -1 ? text.length : quote;
    parts.push(text.slice(i, string).replace(NUMBER, quoteNumber));
    i = endOfString(text, string);
    parts.push(text.slice(string, i));
  }
  return parts.join("");
}

/** @param {string} number */
function quoteNumber(number) {
  const constant = CONSTANTS.get(number);
  if (constant) return `"${constant}"`;
  return LONG.test(number) && String(Number(number)) !== number ? `"${number}"` : number;
}

/**
 * The end of a string: after its closing quote, or the end of the text.
 * @param {string} text
 * @param {number} start offset of the opening quote
 */
function endOfString(text, start) {
  for (
    let quote = text.indexOf('"', start + 1);
    quote !== -1;
    quote = text.indexOf('"', quote + 1)
  ) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
