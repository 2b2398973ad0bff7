// What a step says of its call: the same in every format that we write, as
// cs336_core/trace/formats/details.py describes.

/** @typedef {import("../trace/types.js").Changed} Changed */
/** @typedef {import("../trace/types.js").Step} Step */
/** @typedef {import("../trace/types.js").TraceEvent} TraceEvent */
/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./node.js").JsonNode} JsonNode */

/** @typedef {Pick<Step, "event" | "outer" | "same">} Details */
/** @typedef {(node: JsonNode) => Value | undefined} Read reads a value; undefined: none is shown */

/** The number of a call; no trace needs more digits. */
const CALL = /^\d{1,9}$/;

/**
 * Reads the event of a step, its changes in other calls, and the objects that have several names.
 * @param {JsonNode | null | undefined} node
 * @param {Read} read
 * @returns {Details}
 */
export function detailsFrom(node, read) {
  if (!node) return { event: null, outer: new Map(), same: null };
  return {
    event: eventFrom(node, read),
    outer: node.get("outer") ? outerFrom(node.at("outer"), read) : new Map(),
    same: node.get("same")?.items((names) => names.items((name) => name.string())) ?? null,
  };
}

/**
 * @param {JsonNode} node
 * @param {Read} read
 * @returns {TraceEvent | null}
 */
function eventFrom(node, read) {
  for (const kind of /** @type {const} */ (["return", "yield"])) {
    const recorded = node.get(kind);
    if (!recorded) continue;
    const value = read(recorded);
    if (value === undefined) throw recorded.error("value");
    return { kind, value };
  }
  const raised = node.get("raise");
  if (!raised) return null;
  const [type, message] = raised.exactly(2);
  return { kind: "raise", type: type.string(), message: message.string() };
}

/**
 * @param {JsonNode} node
 * @param {Read} read
 */
function outerFrom(node, read) {
  /** @type {Map<number, Changed>} */
  const outer = new Map();
  node.each((call, changes) => {
    if (!CALL.test(call)) throw node.error("calls");
    outer.set(Number(call), changes.map(read));
  });
  return outer;
}

/** The number of a call; -1 is none. @param {JsonNode} node */
export function numberFrom(node) {
  if (node.integer() < -1) throw node.error("call");
  return node.integer() === -1 ? null : node.integer();
}
