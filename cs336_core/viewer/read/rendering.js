// Renderings, as we and edtrace write them.

import { TraceError } from "./node.js";
import { bounded, named } from "./value.js";

/** @typedef {import("../trace/types.js").Rendering} Rendering */
/** @typedef {import("../trace/types.js").Reference} Reference */
/** @typedef {import("./node.js").JsonNode} JsonNode */

/** @type {readonly import("../trace/types.js").RenderingType[]} */
const TYPES = ["markdown", "image", "video", "link", "plot", "graph", "note"];
const TOLD = /** @type {const} */ ([
  "title",
  "organization",
  "date",
  "url",
  "description",
  "notes",
]);

/**
 * Reads a rendering.
 * @param {JsonNode} node
 * @returns {Rendering}
 */
function renderingFrom(node) {
  const kind = node.at("type");
  const type = TYPES.find((each) => each === kind.text());
  if (!type) throw new TraceError(`${kind.told}; there are ${TYPES.join(", ")}`);
  const style = node.get("style");
  const external = node.get("external_link");
  const internal = node.get("internal_link");
  return {
    type,
    data: bounded(node.get("data")?.value ?? null),
    style: style ? named(style, css) : Object.create(null),
    external: external && referenceFrom(external),
    internal: internal && {
      path: internal.at("path").text(),
      line: internal.at("line_number").integer(),
    },
    animate: Boolean(node.get("animate")?.value),
  };
}

/** @param {JsonNode} node */
function css(node) {
  const { value } = node;
  if (typeof value === "string" || typeof value === "number") return value;
  throw node.refused("a text or a number");
}

/**
 * @param {JsonNode} node
 * @returns {Reference}
 */
function referenceFrom(node) {
  /** @type {Reference} */
  const reference = {};
  for (const name of TOLD) {
    const text = node.get(name)?.text();
    if (text !== undefined) reference[name] = text;
  }
  const authors = node.get("authors")?.items((author) => author.text());
  if (authors) reference.authors = authors;
  return reference;
}

/** The renderings of a file, the same object for equal ones, which are so drawn only once. */
export class Renderings {
  constructor() {
    /** @type {Map<string, Rendering>} */
    this.known = new Map();
  }

  /**
   * Reads a rendering.
   * @param {JsonNode} node
   */
  from(node) {
    const rendering = renderingFrom(node);
    const key = JSON.stringify(rendering);
    const known = this.known.get(key);
    if (known) return known;
    this.known.set(key, rendering);
    return rendering;
  }
}
