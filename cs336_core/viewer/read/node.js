// Reads untrusted JSON; an error names the wrong part and what was expected. The Python
// counterpart is cs336_core/trace/formats/checks.py.

import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** Characters of a value or a name in a message. */
const MAX_LENGTH = 80;

/**
 * What was expected instead of a value; each has its own message.
 * @typedef {"object" | "list" | "items" | "string" | "integer" | "index" | "choice" | "lines" | "parts"
 *   | "frames" | "css" | "call" | "calls" | "value"} Expected
 */

/** A file that is not a trace. The message is a sentence for the person who opened it. */
export class TraceError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "TraceError";
  }
}

/** A value in a JSON file, and its location in the file. */
export class JsonNode {
  /**
   * @param {unknown} value
   * @param {JsonNode | null} parent
   * @param {string | number} key its key or index in the parent; for the root, its name
   */
  constructor(value, parent, key) {
    this.value = value;
    this.parent = parent;
    this.key = key;
  }

  /** The location, built only for an error message, since a file has millions of nodes. */
  get location() {
    let location = "";
    /** @type {JsonNode | null} */
    let node = this;
    for (; node; node = node.parent) {
      const name = typeof node.key === "number" ? `[${node.key}]` : truncate(node.key);
      location = (node.parent && typeof node.key === "string" ? `.${name}` : name) + location;
    }
    return location;
  }

  /**
   * A member of an object; throws if it is missing.
   * @param {string} name
   */
  at(name) {
    const member = this.get(name);
    if (!member) throw new TraceError(t("reading.missing", { location: this.location, name }));
    return member;
  }

  /**
   * A member of an object, null if it is missing or null.
   * @param {string} name
   */
  get(name) {
    const object = this.object();
    const value = Object.hasOwn(object, name) ? object[name] : null;
    return value === null ? null : new JsonNode(value, this, name);
  }

  /** The value, an object. */
  object() {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.error("object");
    return /** @type {Record<string, unknown>} */ (value);
  }

  /** The value, a list. */
  list() {
    if (!Array.isArray(this.value)) throw this.error("list");
    return /** @type {unknown[]} */ (this.value);
  }

  /**
   * Reads the items of a list, or the first `count` of them.
   * @template T
   * @param {(node: JsonNode) => T} read
   * @param {number} [count]
   * @returns {T[]}
   */
  items(read, count = Infinity) {
    const list = this.list();
    return (list.length > count ? list.slice(0, count) : list).map((value, i) =>
      read(new JsonNode(value, this, i)),
    );
  }

  /**
   * The items of a list of a given length.
   * @template {2 | 3} N
   * @param {N} count
   * @returns {N extends 2 ? [JsonNode, JsonNode] : [JsonNode, JsonNode, JsonNode]}
   */
  exactly(count) {
    if (this.list().length !== count) throw this.error("items", { n: count });
    return /** @type {any} */ (this.items((node) => node));
  }

  /**
   * Visits the names and values of an object.
   * @param {(name: string, node: JsonNode) => void} visit
   */
  each(visit) {
    const object = this.object();
    for (const name of Object.keys(object)) visit(name, new JsonNode(object[name], this, name));
  }

  /**
   * Reads the values of an object into a map.
   * @template T
   * @param {(node: JsonNode) => T} read
   * @returns {Map<string, T>}
   */
  map(read) {
    const map = new Map();
    this.each((name, node) => map.set(name, read(node)));
    return map;
  }

  /** The value, a string. */
  string() {
    if (typeof this.value !== "string") throw this.error("string");
    return this.value;
  }

  /** The value, an integer. */
  integer() {
    if (!Number.isSafeInteger(this.value)) throw this.error("integer");
    return /** @type {number} */ (this.value);
  }

  /**
   * The element of `values` that this index refers to.
   * @template T
   * @param {readonly T[]} values
   */
  indexInto(values) {
    const index = this.integer();
    if (index < 0 || index >= values.length) throw this.error("index", { n: values.length });
    return /** @type {T} */ (values[index]);
  }

  /**
   * The value, one of a few strings.
   * @template {string} T
   * @param {readonly T[]} choices
   */
  oneOf(choices) {
    const found = choices.find((choice) => choice === this.string());
    if (found === undefined) throw this.error("choice", { choices: choices.join(", ") });
    return found;
  }

  /**
   * The error that reports the value and what was expected instead.
   * @param {Expected} expected
   * @param {Record<string, string | number>} [values] for the message
   */
  error(expected, values = {}) {
    const { location } = this;
    const message = { location, value: describe(this.value), ...values };
    return new TraceError(t(`reading.expected.${expected}`, message));
  }
}

/**
 * A JSON value in a few words.
 * @param {unknown} value
 */
export function describe(value) {
  if (typeof value === "string") return `'${truncate(value)}'`;
  if (Array.isArray(value)) return t("reading.value.list");
  return typeof value === "object" && value !== null ? t("reading.value.object") : String(value);
}

/** @param {string} text */
function truncate(text) {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}...`;
}
