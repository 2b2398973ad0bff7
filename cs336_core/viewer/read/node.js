// Takes JSON apart that anyone may have written, and says where it is not what it should be: what
// cs336_core/trace/formats/checks.py does in Python.

/** Characters of a value or a name in a message. */
const LONG = 80;

/** A file that is no trace. Its message is a sentence for the one who opened the file. */
export class TraceError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "TraceError";
  }
}

/** A value in a JSON file, and where it stands there. */
export class JsonNode {
  /**
   * @param {unknown} value
   * @param {JsonNode | null} parent
   * @param {string | number} key its name or its number in the parent; the name of the whole
   */
  constructor(value, parent, key) {
    this.value = value;
    this.parent = parent;
    this.key = key;
  }

  /** Where it stands: made when an error needs it, since a file has millions of nodes. */
  get where() {
    let where = "";
    /** @type {JsonNode | null} */
    let node = this;
    for (; node; node = node.parent) {
      const name = typeof node.key === "number" ? `[${node.key}]` : cut(node.key);
      where = (node.parent && typeof node.key === "string" ? `.${name}` : name) + where;
    }
    return where;
  }

  /** Where it stands, and what is there: the beginning of a message. */
  get told() {
    return `${this.where} is ${shown(this.value)}`;
  }

  /**
   * What an object has under a name.
   * @param {string} name
   */
  at(name) {
    const found = this.get(name);
    if (!found) throw new TraceError(`${this.where} has no '${name}'`);
    return found;
  }

  /**
   * What an object has under a name, null where it has nothing.
   * @param {string} name
   */
  get(name) {
    const object = this.object();
    const value = Object.hasOwn(object, name) ? object[name] : null;
    return value === null ? null : new JsonNode(value, this, name);
  }

  /** An object as it is. */
  object() {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.refused("an object");
    return /** @type {Record<string, unknown>} */ (value);
  }

  /** A list as it is. */
  list() {
    if (!Array.isArray(this.value)) throw this.refused("a list");
    return /** @type {unknown[]} */ (this.value);
  }

  /**
   * What is in a list, read; of a long one, the first so many.
   * @template T
   * @param {(node: JsonNode) => T} read
   * @param {number} [most]
   * @returns {T[]}
   */
  items(read, most = Infinity) {
    const list = this.list();
    return (list.length > most ? list.slice(0, most) : list).map((value, i) =>
      read(new JsonNode(value, this, i)),
    );
  }

  /**
   * What is in a list of so many.
   * @template {2 | 3} N
   * @param {N} count
   * @returns {N extends 2 ? [JsonNode, JsonNode] : [JsonNode, JsonNode, JsonNode]}
   */
  itemsOf(count) {
    if (this.list().length !== count) throw this.refused(`a list of ${count}`);
    return /** @type {any} */ (this.items((node) => node));
  }

  /**
   * Goes through the names and values of an object.
   * @param {(name: string, node: JsonNode) => void} take
   */
  each(take) {
    const object = this.object();
    for (const name of Object.keys(object)) take(name, new JsonNode(object[name], this, name));
  }

  /**
   * An object as a map of what its values are read as.
   * @template T
   * @param {(node: JsonNode) => T} read
   * @returns {Map<string, T>}
   */
  map(read) {
    const map = new Map();
    this.each((name, node) => map.set(name, read(node)));
    return map;
  }

  /** A text. */
  text() {
    if (typeof this.value !== "string") throw this.refused("a text");
    return this.value;
  }

  /** An integer. */
  integer() {
    if (!Number.isSafeInteger(this.value)) throw this.refused("an integer");
    return /** @type {number} */ (this.value);
  }

  /**
   * The one of `values` whose number this is.
   * @template T
   * @param {readonly T[]} values
   */
  of(values) {
    const number = this.integer();
    if (number < 0 || number >= values.length) {
      throw new TraceError(`${this.told}; there are ${values.length}`);
    }
    return /** @type {T} */ (values[number]);
  }

  /**
   * One of a few texts.
   * @template {string} T
   * @param {readonly T[]} texts
   */
  oneOf(texts) {
    const found = texts.find((text) => text === this.text());
    if (found === undefined) throw this.refused(texts.join(" or "));
    return found;
  }

  /**
   * The error that says what is needed here instead.
   * @param {string} needed
   */
  refused(needed) {
    return new TraceError(`${this.told}; ${needed} is needed`);
  }
}

/**
 * A value of JSON in a few words.
 * @param {unknown} value
 */
export function shown(value) {
  if (typeof value === "string") return `'${cut(value)}'`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** @param {string} text */
function cut(text) {
  return text.length <= LONG ? text : `${text.slice(0, LONG)}...`;
}
