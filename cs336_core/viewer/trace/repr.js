// Values in one line, as Python writes them.

/** @typedef {import("./types.js").Value} Value */
/** @typedef {import("./types.js").TypedValue} TypedValue */

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
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : value < 0 ? "-inf" : "inf";
  if (deep > DEEP) return "…";
  if (Array.isArray(value)) return `[${joined(value, long, deep)}]`;
  const name = typeName(value);
  if (value.cycle) return "…";
  if (value.error !== undefined) return `<${name}: ${value.error}>`;
  if (value.items) {
    if (value.shape) return `${name}([${joined(value.items, long, deep, value.of)}])`;
    const inside = joined(value.items, long, deep, value.of);
    if (name === "tuple")
      return value.items.length === 1 && !value.of ? `(${inside},)` : `(${inside})`;
    if (name === "list") return `[${inside}]`;
    return name === "set" && inside ? `{${inside}}` : `${name}(${inside})`;
  }
  if (value.entries) {
    const inside = each(
      value.entries,
      long,
      ([key, item]) => `${written(key, long, deep + 1)}: ${written(item, long, deep + 1)}`,
      value.of,
    );
    return name === "dict" ? `{${inside}}` : `${name}({${inside}})`;
  }
  if (value.fields) {
    return `${name}(${each(Object.entries(value.fields), long, ([field, item]) => `${field}=${written(item, long, deep + 1)}`, value.of)})`;
  }
  if (isScalar(value)) {
    const entry = /** @type {Value} */ (value.array);
    return typeof entry === "string" && !isText(entry, value.dtype)
      ? entry
      : written(entry, long, deep);
  }
  if (Array.isArray(value.array) && holdsText(value.array, value.dtype)) {
    return `${name}([${joined(value.array, long, deep)}])`;
  }
  if (value.array !== undefined) {
    const told = `${name} ${shapeOf(value)}`;
    return value.array === null ? `<${told}>` : told;
  }
  const text = value.text ?? "";
  if (isBytes(value)) {
    const bytes = `b${quotedBytes(text.slice(0, long))}`;
    return value.type === "bytes" ? bytes : `bytearray(${bytes})`;
  }
  return text || `<${name}>`;
}

/** Whether a value is bytes, whose text is in Latin-1. @param {TypedValue} value */
export function isBytes({ type, text }) {
  return text !== undefined && (type === "bytes" || type === "bytearray");
}

/** Whether a value is a tensor without dimensions: one number, or one text. @param {TypedValue} value */
export function isScalar({ array, shape }) {
  return array !== undefined && array !== null && typeof array !== "object" && !shape?.length;
}

/**
 * Whether an entry of a tensor is text, and not a number that JSON does not define.
 * @param {unknown} entry
 * @param {string} [dtype]
 */
function isText(entry, dtype = "") {
  return (
    typeof entry === "string" && (/^[<>|=]?U/.test(dtype) || !/^[-+]?(?:nan|inf|\d+)$/.test(entry))
  );
}

/**
 * Whether a tensor has texts in it, and nothing else but what JSON has for itself.
 * @param {unknown[]} array its entries, nested
 * @param {string | undefined} dtype
 */
export function holdsText(array, dtype) {
  const entries = array.flat(Infinity);
  return (
    entries.some((entry) => isText(entry, dtype)) &&
    entries.every((entry) => typeof entry !== "object" || entry === null)
  );
}

/** Dimensions of a shape that are written out: NumPy has no more than 64. */
const DIMENSIONS = 64;

/** The dtype and shape of a tensor. @param {{ dtype?: string, shape?: number[] }} tensor */
export function shapeOf({ dtype = "", shape = [] }) {
  const known = shape.slice(0, DIMENSIONS).map((size) => (size === -1 ? "?" : size));
  const sizes = [...known, ...(shape.length > DIMENSIONS ? ["…"] : [])].join(" × ");
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
    return (
      ESCAPES[c] ??
      (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`)
    );
  });
  return `${mark}${mark === "'" ? inside.replaceAll("'", "\\'") : inside}${mark}`;
}

/** Bytes between quotes, as Python writes them. @param {string} text in Latin-1 */
function quotedBytes(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[^ -~]|[\\'"]/gu, (c) => {
    if (c === "'" || c === '"') return c === mark ? `\\${c}` : c;
    return (
      ESCAPES[c] ?? `\\x${/** @type {number} */ (c.codePointAt(0)).toString(16).padStart(2, "0")}`
    );
  });
  return mark + inside + mark;
}
