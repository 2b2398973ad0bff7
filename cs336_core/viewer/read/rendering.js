// Reads renderings, as we and edtrace write them.

import { limitDepth, recordFrom } from "./value.js";

/** @typedef {import("../trace/types.js").Rendering} Rendering */
/** @typedef {import("../trace/types.js").Reference} Reference */
/** @typedef {import("./node.js").JsonNode} JsonNode */

/** @type {readonly import("../trace/types.js").RenderingType[]} */
const TYPES = ["markdown", "image", "video", "link", "plot", "graph", "note", "widget"];
const REFERENCE_STRINGS = /** @type {const} */ ([
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
  const type = node.at("type").oneOf(TYPES);
  const style = node.get("style");
  const external = node.get("external_link");
  const internal = node.get("internal_link");
  return {
    type,
    data: limitDepth(node.get("data")?.value ?? null),
    style: style ? recordFrom(style, css) : Object.create(null),
    external: external && referenceFrom(external),
    internal: internal && {
      path: internal.at("path").string(),
      line: internal.at("line_number").integer(),
    },
    animate: Boolean(node.get("animate")?.value),
  };
}

/** @param {JsonNode} node */
function css(node) {
  const { value } = node;
  if (typeof value === "string" || typeof value === "number") return value;
  throw node.error("css");
}

/**
 * @param {JsonNode} node
 * @returns {Reference}
 */
function referenceFrom(node) {
  /** @type {Reference} */
  const reference = {};
  for (const name of REFERENCE_STRINGS) {
    const text = node.get(name)?.string();
    if (text !== undefined) reference[name] = text;
  }
  const authors = node.get("authors")?.items((author) => author.string());
  if (authors) reference.authors = authors;
  return reference;
}

/** Interns renderings: equal ones are the same object, so the viewer draws them once. */
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
