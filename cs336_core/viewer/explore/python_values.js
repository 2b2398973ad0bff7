// Recorded values as numbers, strings and containers. A value may be recorded only in part; where an
// answer depends on the rest, it is an error.

import { formatNumber, t } from "../../ui/strings.js";
import { isBytes, isScalar, isTyped, typeName } from "../trace/repr.js";

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
export const totalOf = (value) => (isTyped(value) ? value.of : undefined);

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
