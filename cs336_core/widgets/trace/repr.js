// Values in one line, as Python writes them.

/** @typedef {import("./model.js").Value} Value */
/** @typedef {import("./model.js").TypedValue} TypedValue */

/** Characters of a value in one line. */
const LONG = 160;
/** Containers in one another that are written out. */
const DEEP = 6;

/**
 * A value in one line, cut where it is long.
 * @param {Value | undefined} value
 * @param {number} [long]
 */
export function repr(value, long = LONG) {
  const text = written(value, long, 0);
  return text.length > long ? `${text.slice(0, long - 1)}…` : text;
}

/** @param {Value | undefined} value @returns {value is TypedValue} */
export function isTyped(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name of a value's type, without its module. @param {Value} value */
export function typeName(value) {
  if (value === null) return "None";
  if (Array.isArray(value)) return "list";
  if (isTyped(value)) return value.type.split(".").at(-1) ?? value.type;
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}

/**
 * @param {Value | undefined} value
 * @param {number} long
 * @param {number} deep
 * @returns {string}
 */
function written(value, long, deep) {
  if (value === undefined || value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return quoted(value.slice(0, long));
  if (typeof value === "number") return String(value);
  if (deep > DEEP) return "…";
  if (Array.isArray(value)) return `[${joined(value, long, deep)}]`;
  const name = typeName(value);
  if (value.cycle) return "…";
  if (value.error !== undefined) return `<${name}: ${value.error}>`;
  if (value.items) {
    const inside = joined(value.items, long, deep, value.of);
    if (name === "tuple") return value.items.length === 1 && !value.of ? `(${inside},)` : `(${inside})`;
    if (name === "list") return `[${inside}]`;
    return name === "set" && inside ? `{${inside}}` : `${name}(${inside})`;
  }
  if (value.entries) {
    const inside = each(value.entries, long, ([key, item]) => `${written(key, long, deep + 1)}: ${written(item, long, deep + 1)}`, value.of);
    return name === "dict" ? `{${inside}}` : `${name}({${inside}})`;
  }
  if (value.fields) {
    return `${name}(${each(Object.entries(value.fields), long, ([field, item]) => `${field}=${written(item, long, deep + 1)}`, value.of)})`;
  }
  if (value.array !== undefined) return `${name} ${shapeOf(value)}`;
  const text = value.text ?? "";
  if (name === "bytes" || name === "bytearray") return `b${quoted(text.slice(0, long))}`;
  return text || `<${name}>`;
}

/** Dimensions of a shape that are written out: NumPy has no more than 64. */
const DIMENSIONS = 64;

/** The dtype and shape of a tensor. @param {{ dtype?: string, shape?: number[] }} tensor */
export function shapeOf({ dtype = "", shape = [] }) {
  const sizes = [...shape.slice(0, DIMENSIONS), ...(shape.length > DIMENSIONS ? ["…"] : [])].join(" × ");
  const kind = dtype.slice(0, LONG).replace(/^torch\./, "");
  return sizes ? `${kind} ${sizes}` : kind;
}

/** @param {Value[]} items @param {number} long @param {number} deep @param {number} [of] */
function joined(items, long, deep, of) {
  return each(items, long, (item) => written(item, long, deep + 1), of);
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} long
 * @param {(item: T) => string} write
 * @param {number} [of] how many there are where these are not all
 */
function each(items, long, write, of) {
  const parts = [];
  let size = 0;
  for (const item of items) {
    if (size > long) return [...parts, "…"].join(", ");
    const part = write(item);
    size += part.length + 2;
    parts.push(part);
  }
  return (of === undefined ? parts : [...parts, "…"]).join(", ");
}

/** @type {Record<string, string>} */
const ESCAPES = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\" };

/** @param {string} text */
function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => {
    const code = /** @type {number} */ (c.codePointAt(0));
    return ESCAPES[c] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`);
  });
  return `${mark}${mark === "'" ? inside.replaceAll("'", "\\'") : inside}${mark}`;
}
