// Interprets the expressions of a plot: refuses those that might run forever, and counts the work of
// the others. They also set the colors and styles of marks, which must not load anything.

import { expressionInterpreter } from "vega-interpreter";
import { bound, PlotRefused, widest } from "./plot_bounds.js";

/** @typedef {import("./plot_bounds.js").Bounded} Bounded */

/** @typedef {(...args: any[]) => any} Call */

/** Functions whose work is not limited by the length of their arguments. */
const REFUSED = ["regexp", "replace", "test", "timeSequence", "utcSequence"];

/**
 * Functions whose result may be longer than their arguments, and how long: items of a list, letters.
 * @type {Record<string, (...args: any[]) => [Bounded, number]>}
 */
const RESULT_SIZE = {
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
 * The functions of expressions, with limits.
 * @param {any} context
 */
function functionsOf({ functions, dataflow }) {
  const cached = cache.get(functions);
  if (cached) return cached;
  const bounded = Object.create(functions);
  for (const name of REFUSED) {
    bounded[name] = () => {
      throw new PlotRefused({ key: "rendering.plot.function", values: { name } });
    };
  }
  for (const [name, sizeOf] of Object.entries(RESULT_SIZE)) {
    const call =
      functions[name] ??
      ((/** @type {unknown} */ text, /** @type {string} */ mark) => `${text}`.split(mark));
    bounded[name] = (/** @type {any[]} */ ...args) => {
      const [quantity, n] = sizeOf(...args);
      bound(quantity, n);
      dataflow.spend(cost(quantity, n));
      return call.apply(functions, args);
    };
  }
  cache.set(functions, bounded);
  return bounded;
}

/** The work of computing a result. @param {Bounded} quantity @param {number} n */
const cost = (quantity, n) => (quantity === "letters" ? n / 100 : n) || 0;

/**
 * Checks the result of an expression.
 * @template T
 * @param {any} view
 * @param {T} value
 */
function checked(view, value) {
  const quantity = typeof value === "string" ? "letters" : "rows";
  const n = typeof value === "string" || Array.isArray(value) ? value.length : 0;
  bound(quantity, n);
  view.spend(1 + cost(quantity, n));
  return value;
}

/** @param {Call} compile @returns {Call} */
const bounding = (compile) => (context, expression) => {
  const run = compile({ ...context, functions: functionsOf(context) }, expression);
  return (/** @type {any[]} */ ...args) => checked(context.dataflow, run(...args));
};

/** Properties of a mark that are text, not a color or a style. */
const TEXT = new Set([
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
 * Whether a CSS value loads something, with `url()` or another function; `url(#...)` only refers to a
 * part of the plot itself.
 * @param {string} value
 */
export function loads(value) {
  if (value.includes("\\")) return true; // an escape may stand for any letter
  return [...value.matchAll(/([\w-]+)\(\s*["']?(#?)/g)].some(
    ([, name = "", local]) => !HARMLESS.test(name) && !(/^url$/i.test(name) && local),
  );
}

/** Vega's evaluator of expressions. @type {any} */
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
    return (/** @type {any} */ item, /** @type {any} */ parameters) => {
      const changed = run(item, parameters);
      for (const name of names) {
        const value = checked(context.dataflow, item[name]);
        if (typeof value !== "string" || TEXT.has(name) || !loads(value)) continue;
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
