// Reads trace files: our format, edtrace's, and that of the course's 2025 lectures. A file may come
// from anyone: the result has the types of ../trace/types.js, whatever the file contains.

import { formatNumber, t } from "../../ui/strings.js";
import { FORMATS, fromCompact } from "./format_compact.js";
import { fromEdtrace } from "./format_edtrace.js";
import { parseJSON } from "./json.js";
import { describe, JsonNode, TraceError } from "./node.js";
import "./strings.en.js";

export { TraceError };

/** @typedef {import("../trace/types.js").Trace} Trace */

/** Characters of a file; longer ones are refused. */
const MAX_LENGTH = 200_000_000;
/**
 * Steps that are read; the trace's `omitted` counts the others. As many as are recorded by default
 * (MAX_STEPS of cs336_core/trace/record/function.py).
 */
export const MAX_STEPS = 100_000;

/**
 * Reads the text of a trace file; throws `TraceError` for anything else, with the location of the
 * problem.
 * @param {string} text
 * @returns {Trace}
 */
export function readTrace(text) {
  if (text.length > MAX_LENGTH) {
    const values = { n: formatNumber(text.length), max: formatNumber(MAX_LENGTH) };
    throw new TraceError(t("reading.large", values));
  }
  const file = new JsonNode(parseJSON(text), null, "trace");
  if (typeof file.value !== "object" || file.value === null || Array.isArray(file.value)) {
    throw new TraceError(t("reading.other", { value: describe(file.value) }));
  }
  const format = file.get("format")?.string();
  if (format !== undefined && !FORMATS.includes(format)) {
    const key = /^cs336-trace\/\d+$/.test(format) ? "reading.newer" : "reading.format";
    throw new TraceError(t(key, { format: format.slice(0, 80), known: FORMATS.at(-1) ?? "" }));
  }
  for (const name of ["files", "steps"]) {
    if (!file.get(name)) throw new TraceError(t("reading.lacks", { name }));
  }
  return format === undefined ? fromEdtrace(file, MAX_STEPS) : fromCompact(file, MAX_STEPS);
}
