// Opens trace files: ours, edtrace's, and those of the course's 2025 lectures. A file may come from
// anyone: what is returned has the types that model.js tells, whatever stands in the file.

import { t } from "../../ui/strings.js";
import { FORMAT, fromCompact } from "./format_compact.js";
import { fromEdtrace } from "./format_edtrace.js";
import { parseJSON } from "./json.js";
import { JsonNode, shown, TraceError } from "./node.js";
import "./strings.en.js";

export { TraceError };

/** @typedef {import("../trace/types.js").Trace} Trace */

/** Characters of a file; longer ones are refused. */
const LARGEST = 200_000_000;
/** Steps that are read; how many more there are, the trace's `left` tells. */
export const MOST_STEPS = 50_000;

/**
 * Reads the text of a trace file; throws `TraceError` for anything else, and says where it is not
 * what it should be.
 * @param {string} text
 * @returns {Trace}
 */
export function readTrace(text) {
  if (text.length > LARGEST) {
    const n = text.length.toLocaleString("en");
    throw new TraceError(t("reading.large", { n, most: LARGEST.toLocaleString("en") }));
  }
  const file = new JsonNode(parseJSON(text), null, "trace");
  if (typeof file.value !== "object" || file.value === null || Array.isArray(file.value)) {
    throw new TraceError(t("reading.other", { what: shown(file.value) }));
  }
  const format = file.get("format")?.text();
  if (format !== undefined && format !== FORMAT) {
    const key = /^cs336-trace\/\d+$/.test(format) ? "reading.newer" : "reading.format";
    throw new TraceError(t(key, { format: format.slice(0, 80), known: FORMAT }));
  }
  for (const name of ["files", "steps"]) {
    if (!file.get(name)) throw new TraceError(t("reading.lacks", { name }));
  }
  return format === FORMAT ? fromCompact(file, MOST_STEPS) : fromEdtrace(file, MOST_STEPS);
}
