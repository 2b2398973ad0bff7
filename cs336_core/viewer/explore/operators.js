// Python's comparisons of recorded values.

import { isBytes, isTyped, typeName } from "../trace/repr.js";
import {
  isArray,
  itemsOf,
  lengthOf,
  numberOf,
  partial,
  problem,
  textOf,
  totalOf,
} from "./python_values.js";

/** @typedef {import("../trace/types.js").Value} Value */

/** Whether a value counts as true. @param {Value} value @returns {boolean} */
export function truth(value) {
  if (value === null) return false;
  const number = numberOf(value);
  if (number !== undefined) return Boolean(number) || Number.isNaN(number);
  if (isArray(value)) throw problem("array");
  const isSized =
    textOf(value) !== undefined ||
    itemsOf(value) ||
    (isTyped(value) && (value.entries || isBytes(value)));
  return isSized ? lengthOf(value) > 0 : true;
}

/**
 * Whether two values are equal.
 * @param {Value} a
 * @param {Value} b
 * @returns {boolean}
 */
export function equal(a, b) {
  if (isArray(a) || isArray(b)) throw problem("array");
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined || y !== undefined)
    return x !== undefined && y !== undefined && orderOfNumbers(x, y) === 0;
  if (a === null || b === null) return a === b;
  const [text, other] = [textOf(a), textOf(b)];
  if (text !== undefined && other !== undefined) return same(a, b, text === other, text.length);
  if (typeName(a) !== typeName(b)) return false;
  const [items, others] = [itemsOf(a), itemsOf(b)];
  if (items && others) {
    const isEqual =
      items.length === others.length &&
      items.every((item, i) => equal(item, /** @type {Value} */ (others[i])));
    return same(a, b, isEqual, items.length);
  }
  if (!isTyped(a) || !isTyped(b)) return false;
  if (a.entries && b.entries) {
    const { entries } = b;
    const isEqual =
      a.entries.length === entries.length &&
      a.entries.every(([key, item]) => entries.some(([k, i]) => equal(key, k) && equal(item, i)));
    return same(a, b, isEqual, entries.length);
  }
  if (a.fields && b.fields) {
    const { fields } = b;
    const names = Object.keys(a.fields);
    return names.every(
      (name) =>
        Object.hasOwn(fields, name) &&
        equal(/** @type {Value} */ (a.fields?.[name]), /** @type {Value} */ (fields[name])),
    );
  }
  return a.text !== undefined && same(a, b, a.text === b.text, a.text.length);
}

/**
 * Whether values are equal whose recorded parts are or are not.
 * @param {Value} a @param {Value} b @param {boolean} isEqual @param {number} recorded
 */
function same(a, b, isEqual, recorded) {
  const [total, other] = [totalOf(a), totalOf(b)];
  if (isEqual && total === other && total !== undefined) throw partial(a, recorded);
  return isEqual && total === other;
}

/** @param {number | bigint} x @param {number | bigint} y */
const orderOfNumbers = (x, y) => (x < y ? -1 : x > y ? 1 : x >= y ? 0 : NaN);

/**
 * The order of two values: negative, zero or positive; NaN if they have none.
 * @param {Value} a
 * @param {Value} b
 * @returns {number}
 */
export function order(a, b) {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return orderOfNumbers(x, y);
  const [text, other] = [textOf(a), textOf(b)];
  if (text !== undefined && other !== undefined) return text < other ? -1 : Number(text > other);
  const [items, others] = [itemsOf(a), itemsOf(b)];
  if (items && others && typeName(a) === typeName(b)) {
    const different = items.findIndex(
      (item, i) => i < others.length && !equal(item, /** @type {Value} */ (others[i])),
    );
    if (different >= 0)
      return order(
        /** @type {Value} */ (items[different]),
        /** @type {Value} */ (others[different]),
      );
    if (totalOf(a) !== undefined) throw partial(a, items.length);
    if (totalOf(b) !== undefined) throw partial(b, others.length);
    return items.length - others.length;
  }
  if (isArray(a) || isArray(b)) throw problem("array");
  throw problem("order", { left: typeName(a), right: typeName(b) });
}

/**
 * Whether a container contains a value.
 * @param {Value} container
 * @param {Value} value
 */
export function contains(container, value) {
  const [text, part] = [textOf(container), textOf(value)];
  if (text !== undefined && part !== undefined)
    return found(container, text.includes(part), text.length);
  const items =
    itemsOf(container) ?? (isTyped(container) ? container.entries?.map(([key]) => key) : undefined);
  if (!items) throw problem("contains", { type: typeName(container) });
  return found(
    container,
    items.some((item) => equal(item, value)),
    items.length,
  );
}

/** @param {Value} container @param {boolean} isFound @param {number} recorded */
function found(container, isFound, recorded) {
  if (!isFound && totalOf(container) !== undefined) throw partial(container, recorded);
  return isFound;
}
