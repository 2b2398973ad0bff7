// The text of a file as JSON; where it is none, what it is instead, in a sentence.

import { t } from "../../ui/strings.js";
import { findFault } from "./json_error.js";
import { TraceError } from "./node.js";
import "./strings.en.js";

/** Characters of the file that a message shows. */
const SHOWN = 20;
const PAGE = /^\s*<(?:!doctype|html|head|body|!--|\?xml)/i;
/** Perhaps an integer that JavaScript cannot hold: cheap to look for. */
const PERHAPS_LONG = /[^\d.]\d{16}/;
const LONG = /^-?\d{16,}$/;
const NUMBER = /-?(?:Infinity|NaN|\d[\d.eE+-]*)/g;
/** Numbers that Python's JSON has and JavaScript's has not, as Python's `str()` writes them. */
const WORDS = new Map([
  ["NaN", "nan"],
  ["Infinity", "inf"],
  ["-Infinity", "-inf"],
]);

/**
 * Reads JSON; throws `TraceError` where it is none. Numbers that JavaScript has not (NaN and the
 * infinities of Python's JSON, integers past 2 ** 53) become text, as our recorder writes them.
 * @param {string} text
 * @returns {unknown}
 */
export function parseJSON(text) {
  try {
    return JSON.parse(PERHAPS_LONG.test(text) ? withOddAsText(text) : text);
  } catch {
    const fault = findFault(text);
    if (fault !== -1) throw new TraceError(whatItIs(text, fault));
  }
  try {
    return JSON.parse(withOddAsText(text));
  } catch {
    throw new TraceError(t("reading.deep")); // there are browsers that bound how deep JSON may be
  }
}

/**
 * What a text is that is no JSON.
 * @param {string} text
 * @param {number} fault where it stops being JSON
 */
function whatItIs(text, fault) {
  const before = text.slice(0, fault);
  const there = text.slice(fault, fault + SHOWN);
  if (text.trim() === "") return t("reading.empty");
  if (PAGE.test(text.slice(0, 1000))) return t("reading.page");
  if (there === "") return t("reading.cut", { n: text.length.toLocaleString("en") });
  if (before.trim() === "") return t("reading.begins", { text: there });
  const line = before.split("\n").length;
  return t("reading.at", { line, column: fault - before.lastIndexOf("\n"), text: there });
}

/**
 * The text of a file, with odd numbers as text.
 * @param {string} text
 */
function withOddAsText(text) {
  const parts = [];
  for (let i = 0; i < text.length; ) {
    const quote = text.indexOf('"', i);
    const string = quote === -1 ? text.length : quote;
    parts.push(text.slice(i, string).replace(NUMBER, oddAsText));
    i = closing(text, string);
    parts.push(text.slice(string, i));
  }
  return parts.join("");
}

/** @param {string} number */
function oddAsText(number) {
  const word = WORDS.get(number);
  if (word) return `"${word}"`;
  return LONG.test(number) && String(Number(number)) !== number ? `"${number}"` : number;
}

/**
 * Where a string ends: after its closing quote, or with the text.
 * @param {string} text
 * @param {number} start where its opening quote is
 */
function closing(text, start) {
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
