// Our own file format, as cs336_core/trace/formats/compact.py tells it.

import { Places } from "./frames.js";
import { JsonNode } from "./node.js";
import { Renderings } from "./rendering.js";
import { valueFrom } from "./value.js";

/** @typedef {import("../trace/types.js").Place} Place */
/** @typedef {import("../trace/types.js").Rendering} Rendering */
/** @typedef {import("../trace/types.js").Step} Step */
/** @typedef {import("../trace/types.js").Trace} Trace */
/** @typedef {import("../trace/types.js").Value} Value */

export const FORMAT = "cs336-trace/1";
export const ENDINGS = /** @type {const} */ (["finished", "raised", "max_steps"]);
/** A line's number, of no more digits than any file needs. */
const LINE = /^\d{1,9}$/;

/**
 * Reads a file of ours, up to so many steps.
 * @param {JsonNode} file
 * @param {number} most
 * @returns {Trace}
 */
export function fromCompact(file, most) {
  const ending = file.at("ending").oneOf(ENDINGS);
  const files = file.at("files").map((source) => source.text());
  const hidden = hiddenFrom(file.at("hidden"));
  const links = file.get("links")?.map(linksFrom) ?? new Map();
  const places = placesFrom(file);
  const value = valuesFrom(file.at("values"));
  const renderings = new Renderings();
  const shown = file.at("renderings").items((each) => renderings.from(each));
  const steps = file.at("steps");
  return {
    files,
    hidden,
    links,
    steps: steps.items((step) => stepFrom(step, places, value, shown), most),
    ending,
    left: Math.max(0, steps.list().length - most),
  };
}

/**
 * Reads path -> the lines that are not shown.
 * @param {JsonNode} node
 */
export function hiddenFrom(node) {
  return node.map((lines) => new Set(lines.items((line) => line.integer())));
}

/** @param {JsonNode} node */
function linksFrom(node) {
  /** @type {Map<number, string>} */
  const links = new Map();
  node.each((line, address) => {
    if (!LINE.test(line)) throw node.refused("line numbers as its names");
    links.set(Number(line), address.text());
  });
  return links;
}

/**
 * Reads the stacks of calls.
 * @param {JsonNode} file
 */
function placesFrom(file) {
  const paths = file.at("paths").items((path) => path.text());
  const known = new Places();
  const frames = file.at("frames").items((frame) => {
    const [path, line, name] = frame.itemsOf(3);
    return known.frame(path.of(paths), line.integer(), name.text());
  });
  /** @type {Place[]} */
  const places = [];
  file.at("places").items((each) => {
    const [caller, frame] = each.itemsOf(2);
    // A caller comes before what it calls: so no stack goes round in a circle.
    const calledBy = caller.value === -1 ? null : caller.of(places);
    places.push(known.place(calledBy, frame.of(frames)));
  });
  return places;
}

/**
 * Reads a value when the first step asks for it: those of steps that are left out are not read.
 * @param {JsonNode} node
 * @returns {(number: JsonNode) => Value}
 */
function valuesFrom(node) {
  const values = node.list();
  /** @type {Map<number, Value>} */
  const read = new Map();
  return (number) => {
    const value = number.of(values);
    const known = read.get(number.integer());
    if (known !== undefined) return known;
    const made = valueFrom(new JsonNode(value, node, number.integer()));
    read.set(number.integer(), made);
    return made;
  };
}

/**
 * @param {JsonNode} node
 * @param {Place[]} places
 * @param {(number: JsonNode) => Value} value
 * @param {Rendering[]} shown
 * @returns {Step}
 */
function stepFrom(node, places, value, shown) {
  if (typeof node.value === "number") {
    return { place: node.of(places), env: new Map(), renderings: [], stdout: "", stderr: "" };
  }
  const count = node.list().length;
  if (count < 1 || count > 5) throw node.refused("a place and up to four other parts");
  const [place, env, renderings, stdout, stderr] = node.items((part) => part);
  return {
    place: /** @type {JsonNode} */ (place).of(places),
    env: env?.map((number) => (number.value === -1 ? undefined : value(number))) ?? new Map(),
    renderings: renderings?.items((number) => number.of(shown)) ?? [],
    stdout: stdout?.text() ?? "",
    stderr: stderr?.text() ?? "",
  };
}
