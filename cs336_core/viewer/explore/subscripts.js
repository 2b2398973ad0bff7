// Items, slices and attributes of recorded values.

import { gapOf, isBytes, isTyped, repr, typeName } from "../trace/repr.js";
import { equal } from "./operators.js";
import { itemsOf, lengthOf, numberOf, partial, problem, textOf } from "./python_values.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("../trace/types.js").TypedValue} TypedValue */

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
  if (items) return itemsBetween(items, from, to, isTyped(value) ? value : undefined);
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
 * The recorded items in a range, of a container that may lack some in the middle.
 * @param {Value[]} items
 * @param {number} from
 * @param {number} to
 * @param {TypedValue} [container]
 */
function itemsBetween(items, from, to, container) {
  const gap = gapOf(items.length, container) ?? items.length;
  const missing = (container?.of ?? items.length) - items.length;
  const after = (/** @type {number} */ position) => Math.max(gap, position - missing);
  return [...items.slice(from, Math.min(to, gap)), ...items.slice(after(from), after(to))];
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
