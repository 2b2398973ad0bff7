// Expressions of a plot, interpreted: those that may run on and on are refused, the others counted.
// What a mark is drawn with comes from them, too, and may not load anything.

import { expressionInterpreter } from "vega-interpreter";
import { bound, PlotRefused, widest } from "./plot_bounds.js";

/** @typedef {import("./plot_bounds.js").Bounded} Bounded */

/** @typedef {(...given: any[]) => any} Call */

/** Functions whose work does not end with the length of what they are given. */
const REFUSED = ["regexp", "replace", "test", "timeSequence", "utcSequence"];

/**
 * Functions that may make more than they are given, and how much: numbers of a list, letters.
 * @type {Record<string, (...given: any[]) => [Bounded, number]>}
 */
const MADE = {
  sequence: (start, stop, step = 1) => [
    "rows",
    Math.abs((stop === undefined ? start : stop - start) / step) || 0,
  ],
  pad: (_, length) => ["letters", length],
  join: (list, mark = ",") => ["letters", list.length * `${mark}`.length],
  split: (text, mark) => ["letters", typeof mark === "string" ? `${text}`.length : Infinity],
  format: (_, specifier) => ["letters", widest(specifier)],
};

/** @type {WeakMap<object, object>} */
const cache = new WeakMap();

/**
 * The functions of expressions, without those that may run on and on.
 * @param {any} context
 */
function functionsOf({ functions, dataflow }) {
  const found = cache.get(functions);
  if (found) return found;
  const bounded = Object.create(functions);
  for (const name of REFUSED) {
    bounded[name] = () => {
      throw new PlotRefused({ key: "rendering.plot.function", values: { name } });
    };
  }
  for (const [name, madeBy] of Object.entries(MADE)) {
    const call =
      functions[name] ??
      ((/** @type {unknown} */ text, /** @type {string} */ mark) => `${text}`.split(mark));
    bounded[name] = (/** @type {any[]} */ ...given) => {
      const [what, n] = madeBy(...given);
      bound(what, n);
      dataflow.spend(cost(what, n));
      return call.apply(functions, given);
    };
  }
  cache.set(functions, bounded);
  return bounded;
}

/** The work of making so much. @param {Bounded} what @param {number} n */
const cost = (what, n) => (what === "letters" ? n / 100 : n) || 0;

/**
 * What an expression gave, if it is not too long.
 * @template T
 * @param {any} view
 * @param {T} value
 */
function looked(view, value) {
  const what = typeof value === "string" ? "letters" : "rows";
  const n = typeof value === "string" || Array.isArray(value) ? value.length : 0;
  bound(what, n);
  view.spend(1 + cost(what, n));
  return value;
}

/** @param {Call} make @returns {Call} */
const bounding = (make) => (context, expression) => {
  const run = make({ ...context, functions: functionsOf(context) }, expression);
  return (/** @type {any[]} */ ...given) => looked(context.dataflow, run(...given));
};

/** What of a mark is text to read, not a color or a style. */
const READ = new Set([
  "text",
  "tooltip",
  "description",
  "ariaRoleDescription",
  "ellipsis",
  "href",
  "url",
  "path",
]);
/** Functions of CSS that load nothing. */
const HARMLESS =
  /^(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|calc|var|min|max|clamp)$/i;

/**
 * Whether a value of CSS loads something: by a function that may, `url()` and others; parts of the
 * plot itself are `url(#...)`.
 * @param {string} value
 */
export function loads(value) {
  if (value.includes("\\")) return true; // an escape may stand for any letter
  return [...value.matchAll(/([\w-]+)\(\s*["']?(#?)/g)].some(
    ([, name = "", local]) => !HARMLESS.test(name) && !(/^url$/i.test(name) && local),
  );
}

/** What Vega evaluates expressions with. @type {any} */
export const expressions = {
  operator: bounding(expressionInterpreter.operator),
  parameter: bounding(expressionInterpreter.parameter),
  event: bounding(expressionInterpreter.event),
  handler: bounding(expressionInterpreter.handler),
  /** @type {Call} */
  encode(context, encode) {
    const run = /** @type {Call} */ (expressionInterpreter.encode)(
      { ...context, functions: functionsOf(context) },
      encode,
    );
    const names = Object.keys(encode.channels);
    return (/** @type {any} */ item, /** @type {any} */ given) => {
      const changed = run(item, given);
      for (const name of names) {
        const value = looked(context.dataflow, item[name]);
        if (typeof value !== "string" || READ.has(name) || !loads(value)) continue;
        item[name] = null;
        throw new PlotRefused({
          key: "rendering.plot.request",
          values: { address: value.slice(0, 100) },
        });
      }
      return changed;
    };
  },
};
