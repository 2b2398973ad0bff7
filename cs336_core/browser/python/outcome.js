// What a run results in. It comes from a worker in which a stranger's program ran, so nothing in it
// is taken for granted.

import { formatNumber, t } from "../../ui/strings.js";
import { LIMITS } from "./limits.js";
import "./strings.en.js";

/**
 * An exception that ended a program. `file` and `line`: of the innermost line of the reader's own
 * code, or null if none of it was running; `missing`: the module that could not be imported, or "".
 * @typedef {{ type: string, message: string, file: string | null, line: number | null,
 *   missing: string, traceback: string }} PythonError
 */

/**
 * `result`: the `repr` of the last statement's value, null if it has none; `trace`: the text of a
 * trace file; `problem`: a sentence for the reader if the program did not end by itself or cannot
 * run here, else "".
 * @typedef {object} Outcome
 * @property {string} stdout
 * @property {string} stderr
 * @property {string | null} result
 * @property {PythonError | null} error
 * @property {string | null} trace
 * @property {Interruption | null} interrupted
 * @property {string} problem
 * @property {number} seconds since the program began
 */

/** Why a program did not end by itself. @typedef {"stopped" | "timeout" | "output" | "failed"} Interruption */

/** Packages of the lectures that have no WebAssembly build, and the course's own, part of which needs them. */
const NOT_HERE =
  /^(?:anywidget|cs336_core|IPython|ipywidgets|jaxtyping|matplotlib|numba|numpy|regex|tiktoken|torch)(?:\.|$)/;
const MAX_TEXT = 20_000; // characters of a result, a message or a traceback

/** @type {Outcome} */
const NOTHING = {
  stdout: "",
  stderr: "",
  result: null,
  error: null,
  trace: null,
  interrupted: null,
  problem: "",
  seconds: 0,
};

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value.slice(0, MAX_TEXT) : "");

/** @param {unknown} value @returns {PythonError | null} */
function readError(value) {
  if (typeof value !== "object" || value === null) return null;
  const { type, message, file, line, missing, traceback } = /** @type {Record<string, unknown>} */ (
    value
  );
  return {
    type: text(type) || "Exception",
    message: text(message),
    file: typeof file === "string" ? text(file) : null,
    line: Number.isSafeInteger(line) && Number(line) > 0 ? Number(line) : null,
    missing: text(missing),
    traceback: text(traceback),
  };
}

/** Why a program cannot run in the page, for a reader who does not know. @param {PythonError | null} error */
function problemOf(error) {
  if (error && NOT_HERE.test(error.missing)) return t("python.missing", { name: error.missing });
  if (error?.type === "MemoryError") return t("python.memory", { n: LIMITS.memory });
  return "";
}

/**
 * Reads what the worker reported about a program that ended.
 * @param {unknown} reported JSON
 * @returns {Outcome}
 */
export function readOutcome(reported) {
  /** @type {Record<string, unknown>} */
  let fields = {};
  try {
    fields = { ...JSON.parse(String(reported)) };
  } catch {
    // No outcome: the program has put something else in its place.
  }
  const error = readError(fields.error);
  const trace = typeof fields.trace === "string" ? fields.trace : null;
  return {
    ...NOTHING,
    result: typeof fields.result === "string" ? text(fields.result) : null,
    error,
    trace: trace && trace.length <= LIMITS.trace ? trace : null,
    problem: problemOf(error),
  };
}

/**
 * The outcome of a program that did not end by itself.
 * @param {Interruption} why
 * @param {{ timeout: number, reason?: string | undefined }} details
 * @returns {Outcome}
 */
export function interrupted(why, { timeout, reason = "" }) {
  const values = { n: formatNumber(why === "output" ? LIMITS.output : timeout), reason };
  return { ...NOTHING, interrupted: why, problem: t(`python.${why}`, values) };
}
