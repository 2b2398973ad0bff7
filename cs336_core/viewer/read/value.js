// Reads recorded values (see cs336_core/trace/record/values.py) from untrusted files.

import { JsonNode } from "./node.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("../trace/types.js").TypedValue} TypedValue */

/** Nested containers; deeper ones are omitted. Our recorder stops at 10. */
export const MAX_DEPTH = 50;

/** @typedef {[name: string, read: (node: JsonNode, depth: number) => unknown]} Part */

/** The parts of a typed value. */
const PARTS = new Map(
  /** @type {Part[]} */ ([
    ["items", (node, depth) => valuesFrom(node, depth)],
    [
      "entries",
      (node, depth) => node.items((pair) => pair.exactly(2).map((item) => valueFrom(item, depth))),
    ],
    ["fields", (node, depth) => recordFrom(node, (field) => valueFrom(field, depth))],
    ["array", (node, depth) => limitDepth(node.value, depth)],
    ["dtype", (node) => node.string()],
    ["shape", (node) => node.items((size) => size.integer())],
    ["notes", (node) => node.items((note) => note.string())],
    ["text", (node) => node.string()],
    ["cycle", () => true],
    ["error", (node) => node.string()],
    ["of", (node) => node.integer()],
    ["last", (node) => node.integer()],
  ]),
);

/**
 * Reads a value.
 * @param {JsonNode} node
 * @param {number} [depth] the number of containers around it
 * @returns {Value}
 */
export function valueFrom(node, depth = 0) {
  const { value } = node;
  if (isScalar(value)) return value;
  const type = Array.isArray(value) ? "list" : node.at("type").string();
  if (depth > MAX_DEPTH) return omittedContainer(type);
  if (Array.isArray(value)) return valuesFrom(node, depth + 1);
  /** @type {Record<string, unknown>} */
  const parts = { type };
  node.each((name, part) => {
    const read = PARTS.get(name);
    if (read && (part.value !== null || name === "array")) parts[name] = read(part, depth + 1);
  });
  return /** @type {TypedValue} */ (parts);
}

/**
 * Whether a value is not a container.
 * @param {unknown} value
 * @returns {value is null | boolean | number | string}
 */
function isScalar(value) {
  return typeof value !== "object" || value === null;
}

/**
 * @param {JsonNode} node
 * @param {number} depth
 */
function valuesFrom(node, depth) {
  return node
    .list()
    .map((value, i) => (isScalar(value) ? value : valueFrom(new JsonNode(value, node, i), depth)));
}

/**
 * Stands for a container that is nested too deeply, as our recorder writes it.
 * @param {string} type
 * @returns {TypedValue}
 */
export function omittedContainer(type) {
  return { type, text: "...", of: 0 };
}

/**
 * Reads each member of an object. The result has no prototype: its keys come from a file, and one of
 * them may be `__proto__`.
 * @template T
 * @param {JsonNode} node
 * @param {(node: JsonNode) => T} read
 * @returns {Record<string, T>}
 */
export function recordFrom(node, read) {
  const values = Object.create(null);
  node.each((name, value) => {
    values[name] = read(value);
  });
  return values;
}

/**
 * Any JSON, without what is nested too deeply and without `__proto__`, which a library that merges
 * objects may mistake for the prototype.
 * @param {unknown} value
 * @param {number} [depth] the number of containers around it
 * @returns {unknown}
 */
export function limitDepth(value, depth = 0) {
  if (isScalar(value)) return value;
  if (depth > MAX_DEPTH) return "...";
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      if (typeof item === "object") value[i] = limitDepth(item, depth + 1);
    });
    return value;
  }
  const entries = Object.entries(/** @type {object} */ (value)).filter(
    ([name]) => name !== "__proto__",
  );
  return Object.fromEntries(entries.map(([name, item]) => [name, limitDepth(item, depth + 1)]));
}
