// Our own file format, which cs336_core/trace/formats/compact.py describes.

import { detailsFrom, numberFrom } from "./details.js";
import { JsonNode } from "./node.js";
import { Renderings } from "./rendering.js";
import { StackTable } from "./stack_table.js";
import { valueFrom } from "./value.js";

/** @typedef {import("../trace/types.js").CallStack} CallStack */
/** @typedef {import("../trace/types.js").Rendering} Rendering */
/** @typedef {import("../trace/types.js").Step} Step */
/** @typedef {import("../trace/types.js").Trace} Trace */
/** @typedef {import("../trace/types.js").Value} Value */

export const FORMATS = ["cs336-trace/1", "cs336-trace/2"];
export const ENDINGS = /** @type {const} */ (["finished", "raised", "max_steps"]);
/** A line number; no file needs more digits. */
const LINE = /^\d{1,9}$/;

/**
 * Reads a file in our format, up to a number of steps.
 * @param {JsonNode} file
 * @param {number} maxSteps
 * @returns {Trace}
 */
export function fromCompact(file, maxSteps) {
  const ending = file.at("ending").oneOf(ENDINGS);
  const files = file.at("files").map((source) => source.string());
  const hidden = hiddenFrom(file.at("hidden"));
  const links = file.get("links")?.map(linksFrom) ?? new Map();
  const stacks = stacksFrom(file);
  const value = valuesFrom(file.at("values"));
  const table = new Renderings();
  const renderings = file.at("renderings").items((rendering) => table.from(rendering));
  const list = file.at("steps");
  const steps = list.items((step) => stepFrom(step, stacks, value, renderings), maxSteps);
  const calls = file.get("calls");
  if (calls) addCalls(steps, calls);
  return {
    files,
    hidden,
    links,
    steps,
    ending,
    incomplete: file.get("incomplete")?.string() ?? "",
    omitted: list.list().length - steps.length,
  };
}

/**
 * Reads which call each step belongs to: that of the last row up to the step.
 * @param {Step[]} steps
 * @param {JsonNode} node
 */
function addCalls(steps, node) {
  /** @type {Map<number, [call: number | null, caller: number | null]>} */
  const rows = new Map();
  node.items((row) => {
    const [first, call, caller] = row.exactly(3);
    rows.set(first.integer(), [numberFrom(call), numberFrom(caller)]);
  });
  /** @type {[call: number | null, caller: number | null]} */
  let numbers = [null, null];
  steps.forEach((step, i) => {
    numbers = rows.get(i) ?? numbers;
    [step.call, step.caller] = numbers;
  });
}

/**
 * Reads path -> hidden lines.
 * @param {JsonNode} node
 */
export function hiddenFrom(node) {
  return node.map((lines) => new Set(lines.items((line) => line.integer())));
}

/** @param {JsonNode} node */
function linksFrom(node) {
  /** @type {Map<number, string>} */
  const links = new Map();
  node.each((line, address) => {
    if (!LINE.test(line)) throw node.error("lines");
    links.set(Number(line), address.string());
  });
  return links;
}

/**
 * Reads the call stacks.
 * @param {JsonNode} file
 */
function stacksFrom(file) {
  const paths = file.at("paths").items((path) => path.string());
  const table = new StackTable();
  const frames = file.at("frames").items((row) => {
    const [path, line, name] = row.exactly(3);
    return table.frame(path.indexInto(paths), line.integer(), name.string());
  });
  /** @type {CallStack[]} */
  const stacks = [];
  file.at("places").items((row) => {
    const [caller, frame] = row.exactly(2);
    // A caller must precede what it calls, so no stack can contain itself.
    const outer = caller.value === -1 ? null : caller.indexInto(stacks);
    stacks.push(table.stack(outer, frame.indexInto(frames)));
  });
  return stacks;
}

/**
 * Returns a function that reads a value on its first use: values of omitted steps are never read.
 * @param {JsonNode} node
 * @returns {(index: JsonNode) => Value}
 */
function valuesFrom(node) {
  const values = node.list();
  /** @type {Map<number, Value>} */
  const cache = new Map();
  return (index) => {
    const raw = index.indexInto(values);
    const cached = cache.get(index.integer());
    if (cached !== undefined) return cached;
    const value = valueFrom(new JsonNode(raw, node, index.integer()));
    cache.set(index.integer(), value);
    return value;
  };
}

/**
 * @param {JsonNode} node
 * @param {CallStack[]} stacks
 * @param {(index: JsonNode) => Value} value
 * @param {Rendering[]} shown
 * @returns {Step}
 */
function stepFrom(node, stacks, value, shown) {
  const parts = typeof node.value === "number" ? [node] : node.items((part) => part);
  if (parts.length < 1 || parts.length > 6) throw node.error("parts");
  const [stack, env, renderings, stdout, stderr, details] = parts;
  const valueOrNone = (/** @type {JsonNode} */ index) =>
    index.value === -1 ? undefined : value(index);
  return {
    stack: /** @type {JsonNode} */ (stack).indexInto(stacks),
    env: env?.map(valueOrNone) ?? new Map(),
    renderings: renderings?.items((index) => index.indexInto(shown)) ?? [],
    stdout: stdout?.string() ?? "",
    stderr: stderr?.string() ?? "",
    call: null,
    caller: null,
    ...detailsFrom(details, valueOrNone),
  };
}
