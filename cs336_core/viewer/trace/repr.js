// Recorded values on one line, written as Python's `repr` would.

/** @typedef {import("./types.js").Value} Value */
/** @typedef {import("./types.js").TypedValue} TypedValue */

/** Characters of a line. */
const MAX_LENGTH = 160;
/** Nested containers that are written out. */
const MAX_DEPTH = 6;

/**
 * A recorded value on one line, truncated.
 * @param {Value | undefined} value
 * @param {number} [maxLength]
 */
export function repr(value, maxLength = MAX_LENGTH) {
  const text = write(value, maxLength, 0);
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
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
 * @param {number} maxLength
 * @param {number} depth
 * @returns {string}
 */
function write(value, maxLength, depth) {
  if (value === undefined || value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return quote(value.slice(0, maxLength));
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : value < 0 ? "-inf" : "inf";
  if (depth > MAX_DEPTH) return "…";
  if (Array.isArray(value)) return `[${joinItems(value, maxLength, depth)}]`;
  const name = typeName(value);
  if (value.cycle) return "…";
  if (value.error !== undefined) return `<${name}: ${value.error}>`;
  if (value.items) {
    const inner = joinItems(value.items, maxLength, depth, value);
    if (value.shape) return `${name}([${inner}])`;
    if (name === "tuple")
      return value.items.length === 1 && !value.of ? `(${inner},)` : `(${inner})`;
    if (name === "list") return `[${inner}]`;
    return name === "set" && inner ? `{${inner}}` : `${name}(${inner})`;
  }
  const writeInner = (/** @type {Value} */ inner) => write(inner, maxLength, depth + 1);
  if (value.entries) {
    const inner = join(
      value.entries,
      maxLength,
      ([key, item]) => `${writeInner(key)}: ${writeInner(item)}`,
      value,
    );
    return name === "dict" ? `{${inner}}` : `${name}({${inner}})`;
  }
  if (value.fields) {
    const inner = join(
      Object.entries(value.fields),
      maxLength,
      ([field, item]) => `${field}=${writeInner(item)}`,
      value,
    );
    return `${name}(${inner})`;
  }
  if (isScalar(value)) {
    const entry = /** @type {Value} */ (value.array);
    return typeof entry === "string" && !isText(entry, value.dtype)
      ? entry
      : write(entry, maxLength, depth);
  }
  if (Array.isArray(value.array) && holdsText(value.array, value.dtype)) {
    return `${name}([${joinItems(value.array, maxLength, depth)}])`;
  }
  if (value.array !== undefined) {
    const summary = `${name} ${shapeOf(value)}`;
    return value.array === null ? `<${summary}>` : summary;
  }
  const text = value.text ?? "";
  if (isBytes(value)) {
    const bytes = `b${quoteBytes(text.slice(0, maxLength))}`;
    return value.type === "bytes" ? bytes : `bytearray(${bytes})`;
  }
  return text || `<${name}>`;
}

/** Whether a value is bytes, with Latin-1 text. @param {TypedValue} value */
export function isBytes({ type, text }) {
  return text !== undefined && (type === "bytes" || type === "bytearray");
}

/** Whether a value is a zero-dimensional tensor. @param {TypedValue} value */
export function isScalar({ array, shape }) {
  return array !== undefined && array !== null && typeof array !== "object" && !shape?.length;
}

/**
 * Whether an entry of a tensor is a string, rather than a number that JSON lacks.
 * @param {unknown} entry
 * @param {string} [dtype]
 */
function isText(entry, dtype = "") {
  return (
    typeof entry === "string" && (/^[<>|=]?U/.test(dtype) || !/^[-+]?(?:nan|inf|\d+)$/.test(entry))
  );
}

/**
 * Whether a tensor contains strings, and no containers.
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

/** Dimensions that are written out; NumPy allows no more. */
const MAX_DIMENSIONS = 64;

/** The dtype and shape of a tensor. @param {{ dtype?: string, shape?: number[] }} tensor */
export function shapeOf({ dtype = "", shape = [] }) {
  const first = shape.slice(0, MAX_DIMENSIONS).map((size) => (size === -1 ? "?" : size));
  const sizes = [...first, ...(shape.length > MAX_DIMENSIONS ? ["…"] : [])].join(" × ");
  const name = dtype.slice(0, MAX_LENGTH).replace(/^torch\./, "");
  return sizes ? `${name} ${sizes}` : name;
}

/** @param {Value[]} items @param {number} maxLength @param {number} depth @param {TypedValue} [container] */
function joinItems(items, maxLength, depth, container) {
  return join(items, maxLength, (item) => write(item, maxLength, depth + 1), container);
}

/**
 * Writes items, separated by commas, until the line is full.
 * @template T
 * @param {T[]} items
 * @param {number} maxLength
 * @param {(item: T) => string} writeItem
 * @param {TypedValue} [container] whose `of` and `last` say where some are missing
 */
function join(items, maxLength, writeItem, container) {
  const gap = gapOf(items.length, container);
  const parts = [];
  let size = 0;
  for (let i = 0; i <= items.length; i++) {
    if (i === gap) parts.push("…");
    if (i === items.length) break;
    if (size > maxLength) return [...parts, "…"].join(", ");
    const part = writeItem(/** @type {T} */ (items[i]));
    size += part.length + 2;
    parts.push(part);
  }
  return parts.join(", ");
}

/**
 * Before which of the recorded elements of a container others are missing; undefined: nowhere.
 * @param {number} recorded
 * @param {TypedValue} [container]
 */
export function gapOf(recorded, { of, last = 0 } = { type: "" }) {
  return of === undefined ? undefined : Math.max(0, recorded - Math.max(0, last));
}

/** @type {Record<string, string>} */
const ESCAPES = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\" };

/** @param {string} text */
function quote(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => {
    const code = /** @type {number} */ (c.codePointAt(0));
    return (
      ESCAPES[c] ??
      (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`)
    );
  });
  return `${mark}${mark === "'" ? escaped.replaceAll("'", "\\'") : escaped}${mark}`;
}

/** Bytes in quotes, as Python writes them. @param {string} text in Latin-1 */
function quoteBytes(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[^ -~]|[\\'"]/gu, (c) => {
    if (c === "'" || c === '"') return c === mark ? `\\${c}` : c;
    return (
      ESCAPES[c] ?? `\\x${/** @type {number} */ (c.codePointAt(0)).toString(16).padStart(2, "0")}`
    );
  });
  return mark + escaped + mark;
}
