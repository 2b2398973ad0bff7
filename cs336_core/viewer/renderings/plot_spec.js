// What a Vega-Lite specification holds, looked at before it is drawn. It may come from anyone: it may
// ask for nothing from elsewhere, and for no more than a browser can draw. What it comes to as it is
// drawn is bounded in libraries/plot_view.js.

/** The most that a plot may have. */
const LIMITS = { rows: 100_000, parts: 20_000, cells: 1_000 };

/** Letters of a text that count as one part more. */
const LONG_TEXT = 100;

/** @typedef {Record<string, unknown>} JsonObject */

/**
 * Why a specification is not drawn: a string's name and its values.
 * @typedef {{ key: string, values: Record<string, string | number> }} Refusal
 */

/**
 * @param {unknown} value
 * @returns {value is JsonObject}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Why a specification is not to be drawn; null where it may be.
 * @param {unknown} spec
 * @returns {Refusal | null}
 */
export function refusal(spec) {
  if (!isObject(spec)) return { key: "rendering.plot.none", values: {} };
  const found = { rows: 0, parts: 0, cells: 0 };
  const waiting = /** @type {[name: string, part: unknown, times: number][]} */ ([["", spec, 1]]);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [name, part, outside] = next;
    const refused = refusedPart(name, part);
    if (refused) return refused;
    found.rows += rowsOf(name, part);
    found.cells += cellsOf(name, part);
    const times = outside * repeats(part);
    if (!isData(name, part) && typeof part === "object" && part !== null) {
      for (const [key, each] of Object.entries(part)) waiting.push([key, each, times]);
    }
    found.parts += times * (typeof part === "string" ? 1 + part.length / LONG_TEXT : 1);
    if (found.parts > LIMITS.parts) break;
  }
  for (const what of /** @type {const} */ (["rows", "cells", "parts"])) {
    if (found[what] > LIMITS[what]) {
      return {
        key: "rendering.plot.large",
        values: { n: Math.round(found[what]), what, limit: LIMITS[what] },
      };
    }
  }
  return null;
}

/**
 * What asks for data from elsewhere.
 * @param {string} name
 * @param {unknown} part
 * @returns {Refusal | null}
 */
function refusedPart(name, part) {
  if (name === "data" && isObject(part)) {
    if (typeof part.url === "string") {
      return { key: "rendering.plot.request", values: { address: part.url.slice(0, 100) } };
    }
    if (typeof part.values === "string") return { key: "rendering.plot.text", values: {} };
  }
  return null;
}

/**
 * How many times a part is drawn by `repeat`.
 * @param {unknown} part
 */
function repeats(part) {
  if (!isObject(part) || !part.repeat) return 1;
  const { repeat } = part;
  const lists = Array.isArray(repeat) ? [repeat] : Object.values(repeat);
  return lists.reduce(
    (/** @type {number} */ n, list) => n * (Array.isArray(list) ? Math.max(1, list.length) : 1),
    1,
  );
}

/**
 * Whether this part is data, whose rows are counted and not looked through.
 * @param {string} name
 * @param {unknown} part
 */
function isData(name, part) {
  if (name === "datasets") return true;
  return name === "values" && (Array.isArray(part) ? part.length > 100 : isObject(part));
}

/**
 * How many rows of data a part of a specification brings.
 * @param {string} name
 * @param {unknown} part
 */
function rowsOf(name, part) {
  if (Array.isArray(part)) return isData(name, part) ? part.length : 0;
  if (!isObject(part)) return 0;
  if (name === "sequence" || name === "keyvals")
    return stepsOf(part.start ?? 0, part.stop, part.step ?? 1);
  if (name === "graticule") {
    const steps = ["step", "stepMajor", "stepMinor"].flatMap((each) => part[each] ?? []);
    return Math.max(0, ...steps.map((step) => stepsOf(0, 360, step) ** 2));
  }
  if (name === "datasets") {
    return Object.values(part).reduce(
      (/** @type {number} */ sum, rows) => sum + (Array.isArray(rows) ? rows.length : 0),
      0,
    );
  }
  return 0;
}

/**
 * @param {unknown} start
 * @param {unknown} stop
 * @param {unknown} step
 */
function stepsOf(start, stop, step) {
  const count = Math.abs((Number(stop) - Number(start)) / Number(step));
  return Number.isFinite(count) ? count : stop === undefined ? 0 : Infinity;
}

/**
 * How fine a grid a part asks for: what is drawn or computed for each of its cells.
 * @param {string} name
 * @param {unknown} part
 */
function cellsOf(name, part) {
  const counted = /^(?:maxbins|tickCount|steps|minsteps|maxsteps)$/.test(name);
  return counted && typeof part === "number" ? Math.max(0, part - 100) : 0;
}

/**
 * What a plot shows, in words: its description or title, and what lies on its axes.
 * @param {JsonObject} spec
 * @param {(key: string, values?: Record<string, string | number>) => string} t
 */
export function plotDescription(spec, t) {
  const title = isObject(spec.title) ? spec.title.text : spec.title;
  const told = [spec.description, Array.isArray(title) ? title.join(" ") : title].find(
    (text) => typeof text === "string" && text.trim(),
  );
  const channels = [];
  for (const [channel, encoded] of Object.entries(isObject(spec.encoding) ? spec.encoding : {})) {
    const field = isObject(encoded)
      ? (encoded.title ?? encoded.field ?? encoded.aggregate)
      : undefined;
    if (typeof field === "string")
      channels.push(t("rendering.plot.by", { channel, field: field.slice(0, 80) }));
  }
  const about = [
    told ? String(told).slice(0, 500) : t("rendering.plot.untitled"),
    ...channels.slice(0, 8),
  ];
  return t("rendering.plot", { about: about.join("; ") });
}
