// How to show a value (as tokens, counts, a tensor, a table, text), and which parts of it changed.

import { gapOf, holdsText, isBytes, isTyped, repr } from "../trace/repr.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("../trace/types.js").TypedValue} TypedValue */

/**
 * Rows have the position that they have in the program; `gap`: before which of them others are
 * missing, if the trace recorded a part of the value.
 * @typedef {{ of: number | undefined, gap: number | undefined }} Part
 * @typedef {{ kind: "line" }
 *   | { kind: "text", text: string, size: number, of: number | undefined }
 *   | { kind: "tokens", ids: number[] } & Part
 *   | { kind: "counts", rows: { key: string, count: number }[] } & Part
 *   | { kind: "tensor", rows: unknown[][], dtype: string, shape: number[] }
 *   | { kind: "table", rows: { key: string, value: Value }[] } & Part} Shape
 */

/** Characters of a value that fits on one line. */
const MAX_LINE = 72;
/** Nested tables that are drawn. */
export const MAX_DEPTH = 4;
/** How much of a long value is shown until the reader unfolds it. */
export const FOLDED_TOKENS = 40;
export const FOLDED_ROWS = 6;
/** Lines that a tensor, a long text and a list of tokens take, on average. */
const TENSOR_LINES = 10;
const TEXT_LINES = 4;
const TOKEN_LINES = 3;

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
  if (Array.isArray(value)) return ofItems(value);
  if (!isTyped(value)) return { kind: "line" };
  const { items, entries, fields, array, text, of } = value;
  if (items) return ofItems(items, value);
  if (entries) return ofEntries(entries, value);
  if (fields) {
    const rows = Object.entries(fields).map(([key, item]) => ({ key, value: item }));
    return rows.length ? { kind: "table", rows, ...partOf(rows, value) } : { kind: "line" };
  }
  if (Array.isArray(array) && value.shape?.length) {
    if (holdsText(array, value.dtype)) return ofItems(array, value);
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

/**
 * About how many lines a folded value takes, counted up to a limit.
 * @param {Value} value
 * @param {number} limit
 * @param {number} [depth] of nested tables
 */
export function linesOf(value, limit, depth = 0) {
  const shape = shapeOfValue(value);
  if (shape.kind === "line" || depth > MAX_DEPTH) return 1;
  if (shape.kind === "tensor") return TENSOR_LINES;
  if (shape.kind === "text") return TEXT_LINES;
  if (shape.kind === "tokens") return TOKEN_LINES;
  if (shape.kind === "counts") return Math.min(FOLDED_ROWS, shape.rows.length);
  let lines = 0;
  for (const row of shape.rows.slice(0, FOLDED_ROWS)) {
    if (lines >= limit) break;
    lines += linesOf(row.value, limit - lines, depth + 1);
  }
  return lines;
}

/** @param {unknown[]} rows @param {TypedValue} [container] @returns {Part} */
function partOf(rows, container) {
  return { of: container?.of, gap: gapOf(rows.length, container) };
}

/**
 * The position in the program of the i-th recorded element.
 * @param {number} i
 * @param {number} recorded
 * @param {Part} part
 */
const positionOf = (i, recorded, { of = recorded, gap = recorded }) =>
  i < gap ? i : i + of - recorded;

/** @param {Value[]} items @param {TypedValue} [container] @returns {Shape} */
function ofItems(items, container) {
  const part = partOf(items, container);
  if (items.length > 0 && items.every(isCount))
    return { kind: "tokens", ids: /** @type {number[]} */ (items), ...part };
  if (!items.length || repr(items, MAX_LINE + 1).length <= MAX_LINE) return { kind: "line" };
  const rows = items.map((value, i) => ({
    key: String(positionOf(i, items.length, part)),
    value,
  }));
  return { kind: "table", rows, ...part };
}

/** @param {[Value, Value][]} entries @param {TypedValue} container @returns {Shape} */
function ofEntries(entries, container) {
  const part = partOf(entries, container);
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
      ...part,
    };
  }
  const rows = entries.map(([key, value]) => ({ key: repr(key, 24), value }));
  return rows.length ? { kind: "table", rows, ...part } : { kind: "line" };
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
 * Which of the recorded tokens changed: those between the common prefix and suffix with the previous
 * sequence. Where only parts of both are recorded, tokens are compared by their position.
 * @param {Extract<Shape, { kind: "tokens" }>} before
 * @param {Extract<Shape, { kind: "tokens" }>} now
 * @returns {Set<number>} indices into the recorded tokens
 */
export function changedTokens(before, now) {
  const [from, to] = [before.ids, now.ids];
  if (now.of !== undefined && before.of !== undefined) {
    const previous = new Map(from.map((id, i) => [positionOf(i, from.length, before), id]));
    return indicesWhere(to, (id, i) => previous.get(positionOf(i, to.length, now)) !== id);
  }
  const shortest = Math.min(from.length, to.length);
  let first = 0;
  while (first < shortest && from[first] === to[first]) first++;
  let tail = 0;
  while (tail < shortest - first && from.at(-1 - tail) === to.at(-1 - tail)) tail++;
  return indicesWhere(to, (_, i) => i >= first && i < to.length - tail);
}

/**
 * Which rows changed: those whose key has another value than before, or had none.
 * @template {{ key: string }} Row
 * @param {Row[]} before
 * @param {Row[]} now
 * @returns {Set<number>} indices into `now`
 */
export function changedRows(before, now) {
  const previous = new Map(before.map((row) => [row.key, JSON.stringify(row)]));
  return indicesWhere(now, (row) => previous.get(row.key) !== JSON.stringify(row));
}

/**
 * @template T
 * @param {T[]} values
 * @param {(value: T, i: number) => boolean} isWanted
 */
function indicesWhere(values, isWanted) {
  return new Set(values.flatMap((value, i) => (isWanted(value, i) ? [i] : [])));
}

/**
 * Which of many elements to show while a value is folded: the first ones, and those that changed.
 * @param {number} size
 * @param {number} folded how many at first; as many of the changed ones beyond are shown too
 * @param {Set<number>} changed
 * @param {boolean} isOpen whether to show all
 * @returns {number[]} indices, in order
 */
export function visibleElements(size, folded, changed, isOpen) {
  if (isOpen) return Array.from({ length: size }, (_, i) => i);
  const first = Array.from({ length: Math.min(size, folded) }, (_, i) => i);
  return [...first, ...[...changed].filter((i) => i >= folded).slice(-folded)];
}
