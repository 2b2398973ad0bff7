// Checks a Vega-Lite specification before it is drawn. It may come from anyone, so it must not load
// anything, nor be larger than a browser can draw. libraries/plot_view.js limits the work of drawing.

/** The largest plot that is drawn. */
const LIMITS = { rows: 100_000, parts: 20_000, cells: 1_000 };

/** Letters of a text that count as one more part. */
const LETTERS_PER_PART = 100;

/** @typedef {Record<string, unknown>} JsonObject */

/**
 * Why a specification is refused: the key of a string and its values.
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
 * Why a specification is refused; null if it may be drawn.
 * @param {unknown} spec
 * @returns {Refusal | null}
 */
export function refusal(spec) {
  if (!isObject(spec)) return { key: "rendering.plot.none", values: {} };
  const size = { rows: 0, parts: 0, cells: 0 };
  const stack = /** @type {[name: string, part: unknown, times: number][]} */ ([["", spec, 1]]);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [name, part, outer] = next;
    const refused = externalData(name, part);
    if (refused) return refused;
    size.rows += rowsOf(name, part);
    size.cells += cellsOf(name, part);
    const times = outer * repeats(part);
    if (!isData(name, part) && typeof part === "object" && part !== null) {
      for (const [key, child] of Object.entries(part)) stack.push([key, child, times]);
    }
    size.parts += times * (typeof part === "string" ? 1 + part.length / LETTERS_PER_PART : 1);
    if (size.parts > LIMITS.parts) break;
  }
  for (const kind of /** @type {const} */ (["rows", "cells", "parts"])) {
    if (size[kind] > LIMITS[kind]) {
      return {
        key: `rendering.plot.large.${kind}`,
        values: { n: Math.round(size[kind]), limit: LIMITS[kind] },
      };
    }
  }
  return null;
}

/**
 * Refuses data that is not rows in the specification itself.
 * @param {string} name
 * @param {unknown} part
 * @returns {Refusal | null}
 */
function externalData(name, part) {
  if (name === "data" && isObject(part)) {
    if (typeof part.url === "string") {
      return { key: "rendering.plot.request", values: { address: part.url.slice(0, 100) } };
    }
    if (typeof part.values === "string") return { key: "rendering.plot.text", values: {} };
  }
  return null;
}

/**
 * How many times `repeat` draws a part.
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
 * Whether this part is data, whose rows are counted but not visited.
 * @param {string} name
 * @param {unknown} part
 */
function isData(name, part) {
  if (name === "datasets") return true;
  return name === "values" && (Array.isArray(part) ? part.length > 100 : isObject(part));
}

/**
 * How many rows of data a part of a specification adds.
 * @param {string} name
 * @param {unknown} part
 */
function rowsOf(name, part) {
  if (Array.isArray(part)) return isData(name, part) ? part.length : 0;
  if (!isObject(part)) return 0;
  if (name === "sequence" || name === "keyvals")
    return stepsOf(part.start ?? 0, part.stop, part.step ?? 1);
  if (name === "graticule") {
    const steps = ["step", "stepMajor", "stepMinor"].flatMap((key) => part[key] ?? []);
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
 * How many cells of a grid a part requests beyond a usual number; each is computed or drawn.
 * @param {string} name
 * @param {unknown} part
 */
function cellsOf(name, part) {
  const isGrid = /^(?:maxbins|tickCount|steps|minsteps|maxsteps)$/.test(name);
  return isGrid && typeof part === "number" ? Math.max(0, part - 100) : 0;
}

/**
 * A plot in words: its description or title, and the fields of its axes.
 * @param {JsonObject} spec
 * @param {(key: string, values?: Record<string, string | number>) => string} t
 */
export function plotDescription(spec, t) {
  const title = isObject(spec.title) ? spec.title.text : spec.title;
  const description = [spec.description, Array.isArray(title) ? title.join(" ") : title].find(
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
    description ? String(description).slice(0, 500) : t("rendering.plot.untitled"),
    ...channels.slice(0, 8),
  ];
  return t("rendering.plot", { about: about.join("; ") });
}
