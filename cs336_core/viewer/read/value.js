// Values of variables as our files hold them (see cs336_core/trace/record/values.py), made safe to show.

import { JsonNode } from "./node.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("../trace/types.js").TypedValue} TypedValue */

/** Containers in one another: what is deeper is left out. Our recorder stops at 10. */
export const DEEP = 50;

/** @typedef {[name: string, read: (node: JsonNode, depth: number) => unknown]} Part */

/** The parts of a value that has a type. */
const PARTS = new Map(
  /** @type {Part[]} */ ([
    ["items", (node, depth) => valuesFrom(node, depth)],
    [
      "entries",
      (node, depth) => node.items((pair) => pair.itemsOf(2).map((each) => valueFrom(each, depth))),
    ],
    ["fields", (node, depth) => named(node, (each) => valueFrom(each, depth))],
    ["array", (node, depth) => bounded(node.value, depth)],
    ["dtype", (node) => node.text()],
    ["shape", (node) => node.items((size) => size.integer())],
    ["text", (node) => node.text()],
    ["cycle", () => true],
    ["error", (node) => node.text()],
    ["of", (node) => node.integer()],
  ]),
);

/**
 * Reads a value.
 * @param {JsonNode} node
 * @param {number} [depth] the containers that it is in
 * @returns {Value}
 */
export function valueFrom(node, depth = 0) {
  const { value } = node;
  if (isScalar(value)) return value;
  const type = Array.isArray(value) ? "list" : node.at("type").text();
  if (depth > DEEP) return leftOut(type);
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
 * Whether JSON has a value for itself.
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
 * Stands for a container that is too deep, as our recorder writes it.
 * @param {string} type
 * @returns {TypedValue}
 */
export function leftOut(type) {
  return { type, text: "...", of: 0 };
}

/**
 * An object with other values. It inherits nothing: its names come from a file, and one of them
 * may be `__proto__`.
 * @template T
 * @param {JsonNode} node
 * @param {(node: JsonNode) => T} read
 * @returns {Record<string, T>}
 */
export function named(node, read) {
  const values = Object.create(null);
  node.each((name, value) => {
    values[name] = read(value);
  });
  return values;
}

/**
 * JSON of any kind, without what is too deep and without `__proto__`, which libraries that merge
 * objects may take for the prototype.
 * @param {unknown} value
 * @param {number} [depth] the containers that it is in
 * @returns {unknown}
 */
export function bounded(value, depth = 0) {
  if (isScalar(value)) return value;
  if (depth > DEEP) return "...";
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      if (typeof item === "object") value[i] = bounded(item, depth + 1);
    });
    return value;
  }
  const entries = Object.entries(/** @type {object} */ (value)).filter(
    ([name]) => name !== "__proto__",
  );
  return Object.fromEntries(entries.map(([name, each]) => [name, bounded(each, depth + 1)]));
}
