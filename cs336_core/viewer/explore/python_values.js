// What Python's operators do with recorded values. A value may be recorded only in part; where the
// answer depends on the rest, it is an error.

import { formatNumber, t } from "../../ui/strings.js";
import { isBytes, isScalar, isTyped, repr, typeName } from "../trace/repr.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("../trace/types.js").TypedValue} TypedValue */

/** Why an expression has no value at a step. `isMissing`: it reads a variable that is not in view. */
export class ValueProblem extends Error {
  /** @param {string} key of the message @param {Record<string, string | number>} [values] */
  constructor(key, values) {
    super(t(`trace.expression.${key}`, values));
    this.isMissing = key === "missing";
  }
}

/** @param {string} key @param {Record<string, string | number>} [values] */
export const problem = (key, values) => new ValueProblem(key, values);

/** @type {Record<string, number>} */
const CONSTANTS = { nan: NaN, inf: Infinity, "-inf": -Infinity };

/**
 * A value as a number, exact even for integers past 2 ** 53; undefined if it is not one.
 * @param {Value | undefined} value
 * @returns {number | bigint | undefined}
 */
export function numberOf(value) {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (!isTyped(/** @type {Value} */ (value))) return undefined;
  const typed = /** @type {TypedValue} */ (value);
  if (isScalar(typed)) return numeral(typed.array);
  return typed.type === "int" || typed.type === "float" ? numeral(typed.text) : undefined;
}

/** @param {unknown} written a number, or one that JSON lacks as text */
function numeral(written) {
  if (typeof written !== "string") return numberOf(/** @type {Value} */ (written));
  if (Object.hasOwn(CONSTANTS, written)) return CONSTANTS[written];
  if (/^-?(?:\d+|0x[\da-f]+)$/.test(written)) {
    const size = BigInt(written.replace("-", ""));
    return written.startsWith("-") ? -size : size;
  }
  const value = Number(written);
  return written.trim() && !Number.isNaN(value) ? value : undefined;
}

/** A number as Python's float is recorded. @param {number} value @returns {Value} */
export function float(value) {
  if (Number.isInteger(value)) return { type: "float", text: `${value}.0` };
  return Number.isFinite(value)
    ? value
    : { type: "float", text: Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf" };
}

/** Whether arithmetic with a number gives a float. @param {Value} value */
export function isFloat(value) {
  if (typeof value === "number") return !Number.isInteger(value);
  return isTyped(value) && !/int|bool/.test(value.dtype ?? value.type);
}

/** The text of a string; undefined for other values. @param {Value} value */
export function textOf(value) {
  if (typeof value === "string") return value;
  return isTyped(value) && value.type === "str" ? value.text : undefined;
}

/** The items of a list, tuple, set or the like; undefined for other values. @param {Value} value */
export function itemsOf(value) {
  if (Array.isArray(value)) return value;
  return isTyped(value) && !value.shape ? value.items : undefined;
}

/** The size of a value in the program, if only a part is recorded. @param {Value} value */
const totalOf = (value) => (isTyped(value) ? value.of : undefined);

/** @param {Value} value @param {number} recorded */
export function partial(value, recorded) {
  return problem("partial", { n: formatNumber(recorded), of: formatNumber(lengthOf(value)) });
}

/** Whether a value is an array or a tensor with at least one dimension. @param {Value} value @returns {value is TypedValue} */
export function isArray(value) {
  return isTyped(value) && (value.shape?.length ?? 0) > 0;
}

/**
 * What `len(value)` returns.
 * @param {Value} value
 * @returns {number}
 */
export function lengthOf(value) {
  if (isArray(value)) return /** @type {number} */ (value.shape?.[0]);
  const total = totalOf(value);
  if (total !== undefined) return total;
  const text = textOf(value);
  if (text !== undefined) return [...text].length;
  const parts = itemsOf(value) ?? (isTyped(value) ? value.entries : undefined);
  if (parts) return parts.length;
  if (isTyped(value) && isBytes(value)) return value.text?.length ?? 0;
  throw problem("length", { type: typeName(value) });
}

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

/**
 * What `value[index]` is.
 * @param {Value} value
 * @param {Value} index
 * @returns {Value}
 */
export function item(value, index) {
  if (isTyped(value) && value.entries) {
    const entry = value.entries.find(([key]) => equal(key, index));
    if (entry) return entry[1];
    throw value.of === undefined ? missing(value, index) : partial(value, value.entries.length);
  }
  const i = numberOf(index);
  if (typeof i !== "number" || !Number.isInteger(i)) throw missing(value, index);
  const length = lengthOf(value);
  const position = i < 0 ? i + length : i;
  if (position < 0 || position >= length) throw missing(value, index);
  const [only] = partsOf(value, position, position + 1);
  if (only === undefined) throw partial(value, recordedOf(value));
  return only;
}

/** @param {Value} value @param {Value} index */
function missing(value, index) {
  return problem("item", { type: typeName(value), index: repr(index, 40) });
}

/**
 * What `value[start:stop]` is.
 * @param {Value} value
 * @param {number} start
 * @param {number} [stop]
 * @returns {Value}
 */
export function slice(value, start, stop) {
  const length = lengthOf(value);
  const from = Math.max(0, start < 0 ? start + length : start);
  const to = Math.min(length, stop === undefined ? length : stop < 0 ? stop + length : stop);
  const size = Math.max(0, to - from);
  const parts = partsOf(value, from, to);
  if (parts.length < size) throw partial(value, recordedOf(value));
  if (textOf(value) !== undefined) return parts.join("");
  if (Array.isArray(value)) return parts;
  const typed = /** @type {TypedValue} */ (value);
  if (isBytes(typed)) return { type: typed.type, text: typed.text?.slice(from, to) ?? "" };
  if (typed.shape) {
    const entries = Array.isArray(typed.array) ? typed.array.slice(from, to) : null;
    return { ...typed, array: entries, shape: [size, ...typed.shape.slice(1)] };
  }
  return { type: typed.type, items: parts };
}

/** How many parts of a sequence are recorded. @param {Value} value */
function recordedOf(value) {
  return partsOf(value, 0, Infinity).length;
}

/**
 * The recorded parts of a sequence in a range.
 * @param {Value} value
 * @param {number} from
 * @param {number} to
 * @returns {Value[]}
 */
function partsOf(value, from, to) {
  const text = textOf(value);
  if (text !== undefined) return [...text].slice(from, to);
  const items = itemsOf(value);
  if (items) return items.slice(from, to);
  if (!isTyped(value)) return [];
  if (isBytes(value)) return [...(value.text ?? "").slice(from, to)].map((c) => c.charCodeAt(0));
  if (!Array.isArray(value.array)) return [];
  const { type, dtype, shape = [] } = value;
  return value.array.slice(from, to).map((array) => ({
    type,
    ...(dtype === undefined ? {} : { dtype }),
    shape: shape.slice(1),
    array,
  }));
}

/**
 * What `value.name` is.
 * @param {Value} value
 * @param {string} name
 * @returns {Value}
 */
export function attribute(value, name) {
  const { fields, shape, dtype } = isTyped(value)
    ? value
    : /** @type {TypedValue} */ ({ type: "" });
  const field = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field !== undefined) return field;
  if (shape && name === "shape") return { type: "tuple", items: shape };
  if (shape && name === "ndim") return shape.length;
  if (shape && name === "dtype" && dtype !== undefined) return dtype;
  throw problem("attribute", { type: typeName(value), name });
}
