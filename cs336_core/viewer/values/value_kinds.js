// How to show a value (as tokens, counts, a tensor, a table, text), and which parts of it changed.

import { holdsText, isBytes, isTyped, repr } from "../trace/repr.js";

/** @typedef {import("../trace/types.js").Value} Value */

/**
 * @typedef {{ kind: "line" }
 *   | { kind: "text", text: string, size: number, of: number | undefined }
 *   | { kind: "tokens", ids: number[], of: number | undefined }
 *   | { kind: "counts", rows: { key: string, count: number }[], of: number | undefined }
 *   | { kind: "tensor", rows: unknown[][], dtype: string, shape: number[] }
 *   | { kind: "table", rows: { key: string, value: Value }[], of: number | undefined }} Shape
 */

/** Characters of a value that fits on one line. */
const MAX_LINE = 72;

/**
 * @param {Value} value
 * @returns {Shape}
 */
export function shapeOfValue(value) {
  if (typeof value === "string") {
    return value.length > MAX_LINE || value.includes("\n")
      ? { kind: "text", text: value, size: value.length, of: undefined }
      : { kind: "line" };
  }
  if (Array.isArray(value)) return ofItems(value, undefined);
  if (!isTyped(value)) return { kind: "line" };
  const { items, entries, fields, array, text, of } = value;
  if (items) return ofItems(items, of);
  if (entries) return ofEntries(entries, of);
  if (fields) {
    const rows = Object.entries(fields).map(([key, item]) => ({ key, value: item }));
    return rows.length ? { kind: "table", rows, of } : { kind: "line" };
  }
  if (Array.isArray(array) && value.shape?.length) {
    if (holdsText(array, value.dtype)) return ofItems(array, of);
    return {
      kind: "tensor",
      rows: flat(array, value.shape.length),
      dtype: value.dtype ?? "",
      shape: value.shape,
    };
  }
  if (text === undefined) return { kind: "line" };
  const shown = isBytes(value) ? repr(value, Infinity) : text;
  if (shown.length > MAX_LINE || shown.includes("\n"))
    return { kind: "text", text: shown, size: text.length, of };
  return { kind: "line" };
}

/** @param {Value[]} items @param {number | undefined} of @returns {Shape} */
function ofItems(items, of) {
  if (items.length > 0 && items.every(isCount))
    return { kind: "tokens", ids: /** @type {number[]} */ (items), of };
  if (!items.length || repr(items, MAX_LINE + 1).length <= MAX_LINE) return { kind: "line" };
  return { kind: "table", rows: items.map((value, i) => ({ key: String(i), value })), of };
}

/** @param {[Value, Value][]} entries @param {number | undefined} of @returns {Shape} */
function ofEntries(entries, of) {
  if (
    entries.length > 0 &&
    entries.every(([key, count]) => isName(key) && typeof count === "number" && count >= 0)
  ) {
    return {
      kind: "counts",
      rows: entries.map(([key, count]) => ({
        key: repr(key, 24),
        count: /** @type {number} */ (count),
      })),
      of,
    };
  }
  const rows = entries.map(([key, value]) => ({ key: repr(key, 24), value }));
  return rows.length ? { kind: "table", rows, of } : { kind: "line" };
}

/** Whether a dict key names what is counted: a string, bytes, or a tuple of them. @param {Value} key @returns {boolean} */
function isName(key) {
  if (typeof key === "string") return true;
  if (!isTyped(key)) return false;
  return (
    /^(?:bytes|str)$/.test(key.type) ||
    (key.type === "tuple" && key.items?.length !== 0 && (key.items?.every(isName) ?? false))
  );
}

/** @param {Value} value */
function isCount(value) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/**
 * The rows of a tensor; with more than two dimensions, its matrices follow each other.
 * @param {unknown} array
 * @param {number} dimensions
 * @returns {unknown[][]}
 */
function flat(array, dimensions) {
  if (!Array.isArray(array)) return [[array]];
  if (dimensions <= 1) return [array];
  if (dimensions === 2) return array.map((row) => (Array.isArray(row) ? row : [row]));
  return array.flatMap((inner) => flat(inner, dimensions - 1));
}

/**
 * The positions in a sequence that changed: those between its common prefix and suffix with the
 * previous sequence.
 * @param {readonly unknown[]} before
 * @param {readonly unknown[]} now
 * @returns {[first: number, end: number]}
 */
export function changedSpan(before, now) {
  const shortest = Math.min(before.length, now.length);
  let first = 0;
  while (first < shortest && before[first] === now[first]) first++;
  let tail = 0;
  while (tail < shortest - first && before.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [first, now.length - tail];
}

/**
 * The keys whose values changed.
 * @param {{ key: string }[]} before
 * @param {{ key: string }[]} now
 * @returns {Set<string>}
 */
export function changedKeys(before, now) {
  const previous = new Map(before.map((row) => [row.key, JSON.stringify(row)]));
  return new Set(
    now.filter((row) => previous.get(row.key) !== JSON.stringify(row)).map((row) => row.key),
  );
}
