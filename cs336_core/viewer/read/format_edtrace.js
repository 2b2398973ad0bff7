// The file formats of edtrace and of the course's 2025 lectures, which
// cs336_core/trace/formats/edtrace.py describes.

import { detailsFrom, numberFrom } from "./details.js";
import { ENDINGS, hiddenFrom } from "./format_compact.js";
import { Renderings } from "./rendering.js";
import { StackTable } from "./stack_table.js";
import { limitDepth, MAX_DEPTH, omittedContainer, recordFrom, valueFrom } from "./value.js";

/** @typedef {import("../trace/types.js").CallStack} CallStack */
/** @typedef {import("../trace/types.js").Step} Step */
/** @typedef {import("../trace/types.js").Trace} Trace */
/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./node.js").JsonNode} JsonNode */

/**
 * Whether the contents of a type stand for themselves. (JavaScript reads 4.0 as the integer 4.)
 * @type {Map<string, (contents: unknown) => boolean>}
 */
const PRIMITIVES = new Map([
  ["bool", (contents) => typeof contents === "boolean"],
  ["int", (contents) => Number.isInteger(contents)],
  ["float", (contents) => typeof contents === "number" && !Number.isInteger(contents)],
  ["str", (contents) => typeof contents === "string"],
]);
const MAPPING = /(?:dict|Counter|mappingproxy)$/;
const BYTES_LITERAL = /^(?:bytearray\()?b(['"])((?:[ -[\]-~]|\\[ -~])*)\1\)?$/;
/** @type {Record<string, string>} */
const CONTROLS = { t: "\t", n: "\n", r: "\r" };

/**
 * Reads a file of edtrace or of the 2025 lectures, up to a number of steps.
 * @param {JsonNode} file
 * @param {number} maxSteps
 * @returns {Trace}
 */
export function fromEdtrace(file, maxSteps) {
  const files = file.at("files").map((source) => source.string());
  const hidden = file.get("hidden_line_numbers");
  const ending = file.get("ending")?.oneOf(ENDINGS) ?? "finished";
  const stacks = new StackTable();
  const renderings = new Renderings();
  // Files of 2025 lack hidden lines, and have bare values.
  const read = hidden ? edtraceValue : bareValue;
  const steps = file.at("steps");
  return {
    files,
    hidden: hidden ? hiddenFrom(hidden) : new Map(),
    links: new Map(),
    steps: steps.items((step) => stepFrom(step, stacks, renderings, read), maxSteps),
    ending,
    incomplete: file.get("incomplete")?.string() ?? "",
    omitted: Math.max(0, steps.list().length - maxSteps),
  };
}

/**
 * @param {JsonNode} node
 * @param {StackTable} stacks
 * @param {Renderings} renderings
 * @param {(node: JsonNode) => Value} read
 * @returns {Step}
 */
function stepFrom(node, stacks, renderings, read) {
  /** @type {CallStack | null} */
  let stack = null;
  node.at("stack").items((frame) => {
    const [path, line] = [frame.at("path").string(), frame.at("line_number").integer()];
    stack = stacks.stack(stack, stacks.frame(path, line, frame.at("function_name").string()));
  });
  if (!stack) throw node.at("stack").error("frames");
  const valueOrNone = (/** @type {JsonNode} */ value) =>
    value.value === null ? undefined : read(value);
  const recorded = node.get("recorded");
  return {
    stack,
    env: node.at("env").map(valueOrNone),
    renderings: node.at("renderings").items((rendering) => renderings.from(rendering)),
    stdout: node.get("stdout")?.string() ?? "",
    stderr: node.get("stderr")?.string() ?? "",
    call: recorded && numberFrom(recorded.at("call")),
    caller: recorded?.get("caller") ? numberFrom(recorded.at("caller")) : null,
    ...detailsFrom(recorded, valueOrNone),
  };
}

/**
 * Reads a value in edtrace's format.
 * @param {JsonNode} node
 * @param {number} [depth] the number of containers around it
 * @returns {Value}
 */
function edtraceValue(node, depth = 0) {
  const { recorded } = node.object();
  if (recorded !== undefined)
    return recorded === null ? null : valueFrom(node.at("recorded"), depth);
  const type = node.at("type").string();
  const contents = node.get("contents");
  if (type === "NoneType") return null;
  if (PRIMITIVES.get(type)?.(contents?.value)) return /** @type {Value} */ (contents?.value);
  if (type === "float" && typeof contents?.value === "number")
    return { type, text: integralFloat(contents.value) };
  if (depth > MAX_DEPTH) return omittedContainer(type);
  const dtype = node.get("dtype")?.string();
  if (dtype !== undefined) {
    const shape = node.get("shape")?.items((size) => size.integer()) ?? [];
    return { type, dtype, shape, array: limitDepth(contents?.value ?? null, depth + 1) };
  }
  if (Array.isArray(contents?.value)) {
    const items = contents.items((item) => edtraceValue(item, depth + 1));
    return type === "list" ? items : { type, items };
  }
  if (!contents || typeof contents.value !== "object") {
    const text = pythonText(contents?.value ?? null);
    return { type, text: type === "bytes" || type === "bytearray" ? latin1(text) : text };
  }
  if (!MAPPING.test(type))
    return { type, fields: recordFrom(contents, (field) => edtraceValue(field, depth + 1)) };
  return { type, entries: [...contents.map((item) => edtraceValue(item, depth + 1))] };
}

/** A float without a fraction, as Python's `str()` writes it. @param {number} value */
function integralFloat(value) {
  if (Math.abs(value) >= 1e16) return value.toExponential();
  return `${Object.is(value, -0) ? "-0" : value}.0`;
}

/** The Latin-1 text of bytes that are written as in Python. @param {string} literal */
function latin1(literal) {
  const body = BYTES_LITERAL.exec(literal)?.[2];
  return (
    body?.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, code, character) =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : (CONTROLS[character] ?? character),
    ) ?? literal
  );
}

/**
 * A scalar, as Python's `str()` writes it.
 * @param {unknown} value
 */
function pythonText(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "number" || value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

/**
 * Reads a value of a 2025 file, which is plain JSON.
 * @param {JsonNode} node
 * @param {number} [depth] the number of containers around it
 * @returns {Value}
 */
function bareValue(node, depth = 0) {
  const { value } = node;
  if (typeof value !== "object" || value === null) return /** @type {Value} */ (value);
  if (depth > MAX_DEPTH) return omittedContainer(Array.isArray(value) ? "list" : "dict");
  if (Array.isArray(value)) return node.items((item) => bareValue(item, depth + 1));
  return { type: "dict", entries: [...node.map((item) => bareValue(item, depth + 1))] };
}
