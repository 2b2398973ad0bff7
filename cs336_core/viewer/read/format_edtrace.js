// The file formats of edtrace and of the course's 2025 lectures, as
// cs336_core/trace/formats/edtrace.py tells them.

import { ENDINGS, hiddenFrom } from "./format_compact.js";
import { Places } from "./frames.js";
import { Renderings } from "./rendering.js";
import { bounded, DEEP, leftOut, named, valueFrom } from "./value.js";

/** @typedef {import("../trace/types.js").Place} Place */
/** @typedef {import("../trace/types.js").Step} Step */
/** @typedef {import("../trace/types.js").Trace} Trace */
/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./node.js").JsonNode} JsonNode */

/**
 * What holds of a value that stands for itself. (JavaScript reads 4.0 as 4, so that is a float too.)
 * @type {Map<string, (contents: unknown) => boolean>}
 */
const PRIMITIVES = new Map([
  ["bool", (contents) => typeof contents === "boolean"],
  ["int", (contents) => Number.isInteger(contents)],
  ["float", (contents) => typeof contents === "number" && !Number.isInteger(contents)],
  ["str", (contents) => typeof contents === "string"],
]);
const MAPPING = /(?:dict|Counter|mappingproxy)$/;

/**
 * Reads a file of edtrace, or of 2025, up to so many steps.
 * @param {JsonNode} file
 * @param {number} most
 * @returns {Trace}
 */
export function fromEdtrace(file, most) {
  const files = file.at("files").map((source) => source.text());
  const hidden = file.get("hidden_line_numbers");
  const ending = file.get("ending")?.oneOf(ENDINGS) ?? "finished";
  const places = new Places();
  const renderings = new Renderings();
  // Files of 2025 do not tell hidden lines, and have bare values.
  const read = hidden ? edtraceValue : bareValue;
  const steps = file.at("steps");
  return {
    files,
    hidden: hidden ? hiddenFrom(hidden) : new Map(),
    links: new Map(),
    steps: steps.items((step) => stepFrom(step, places, renderings, read), most),
    ending,
    left: Math.max(0, steps.list().length - most),
  };
}

/**
 * @param {JsonNode} node
 * @param {Places} places
 * @param {Renderings} renderings
 * @param {(node: JsonNode) => Value} read
 * @returns {Step}
 */
function stepFrom(node, places, renderings, read) {
  /** @type {Place | null} */
  let place = null;
  node.at("stack").items((each) => {
    const [path, line] = [each.at("path").text(), each.at("line_number").integer()];
    place = places.place(place, places.frame(path, line, each.at("function_name").text()));
  });
  if (!place) throw node.at("stack").refused("at least one function");
  return {
    place,
    env: node.at("env").map((value) => (value.value === null ? undefined : read(value))),
    renderings: node.at("renderings").items((each) => renderings.from(each)),
    stdout: node.get("stdout")?.text() ?? "",
    stderr: node.get("stderr")?.text() ?? "",
  };
}

/**
 * Reads a value of edtrace.
 * @param {JsonNode} node
 * @param {number} [depth] the containers that it is in
 * @returns {Value}
 */
function edtraceValue(node, depth = 0) {
  const { recorded } = node.object();
  if (recorded !== undefined)
    return recorded === null ? null : valueFrom(node.at("recorded"), depth);
  const type = node.at("type").text();
  const contents = node.get("contents");
  if (type === "NoneType") return null;
  if (PRIMITIVES.get(type)?.(contents?.value)) return /** @type {Value} */ (contents?.value);
  if (type === "float" && typeof contents?.value === "number")
    return { type, text: wholeFloat(contents.value) };
  if (depth > DEEP) return leftOut(type);
  const dtype = node.get("dtype")?.text();
  if (dtype !== undefined) {
    const shape = node.get("shape")?.items((size) => size.integer()) ?? [];
    return { type, dtype, shape, array: bounded(contents?.value ?? null, depth + 1) };
  }
  if (Array.isArray(contents?.value)) {
    const items = contents.items((item) => edtraceValue(item, depth + 1));
    return type === "list" ? items : { type, items };
  }
  if (!contents || typeof contents.value !== "object")
    return { type, text: pythonText(contents?.value ?? null) };
  if (!MAPPING.test(type))
    return { type, fields: named(contents, (each) => edtraceValue(each, depth + 1)) };
  return { type, entries: [...contents.map((each) => edtraceValue(each, depth + 1))] };
}

/** What Python's `str()` makes of a whole number of floating point. @param {number} value */
function wholeFloat(value) {
  if (Math.abs(value) >= 1e16) return value.toExponential();
  return `${Object.is(value, -0) ? "-0" : value}.0`;
}

/**
 * What Python's `str()` makes of a value that is no container.
 * @param {unknown} value
 */
function pythonText(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "number" || value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

/**
 * Reads a value of a file of 2025, which is JSON as it is.
 * @param {JsonNode} node
 * @param {number} [depth] the containers that it is in
 * @returns {Value}
 */
function bareValue(node, depth = 0) {
  const { value } = node;
  if (typeof value !== "object" || value === null) return /** @type {Value} */ (value);
  if (depth > DEEP) return leftOut(Array.isArray(value) ? "list" : "dict");
  if (Array.isArray(value)) return node.items((item) => bareValue(item, depth + 1));
  return { type: "dict", entries: [...node.map((each) => bareValue(each, depth + 1))] };
}
