// The programs that check a function and step through its failing call, and what they report.

import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("../../browser/python/python.js").Program} Program */
/** @typedef {import("../../browser/python/python.js").Outcome} Outcome */
/** @typedef {{ passed: boolean, message: string, note: string, call: string, printed: string, lead: number }} Result */

/** The name of the reader's code in errors. */
export const FILE = "your code";

/** A text as a literal of Python: JSON's strings are Python's. @param {string} text */
const literal = (text) => JSON.stringify(text);

/** @param {string} name @param {string} source @returns {Program} */
export function checkProgram(name, source) {
  const code = [
    "import json",
    "from cs336_core.exercises import check_source",
    `print(json.dumps(check_source(${literal(name)}, ${literal(source)}).to_json()))`,
  ];
  return { code: code.join("\n") };
}

/**
 * The reader's code with the failing call below it.
 * @param {string} source
 * @param {string} imports what the call needs
 * @param {string} call
 * @returns {Program & { trace: boolean }}
 */
export function traceProgram(source, imports, call) {
  return {
    code: `${source.trimEnd()}\n\n\n${call}\n`,
    before: imports,
    filename: FILE,
    trace: true,
  };
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/**
 * Reads what a check reported; the reader's code may have put anything in its place.
 * @param {Outcome} outcome
 * @returns {Result}
 */
export function readResult({ stdout, problem, error }) {
  const failed = { passed: false, message: "", note: "", call: "", printed: "", lead: 0 };
  if (problem) return { ...failed, message: problem };
  if (error) return { ...failed, message: `${error.type}: ${error.message}` };
  try {
    const reported = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    if (!text(reported.message)) throw new TypeError("no message");
    return {
      passed: reported.passed === true,
      message: text(reported.message),
      note: text(reported.note),
      call: text(reported.call),
      printed: text(reported.printed),
      lead: Number.isSafeInteger(reported.lead) ? Math.max(0, reported.lead) : 0,
    };
  } catch {
    return { ...failed, message: t("turn.unreadable") };
  }
}

/** The line that a message names last, null if none: "... in line 5." @param {string} message */
export function lineOf(message) {
  const found = [...message.matchAll(/\bin line (\d+)\b/g)].at(-1);
  return found ? Number(found[1]) : null;
}
