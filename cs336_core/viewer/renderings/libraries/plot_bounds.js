// How much a plot may do, and how it is said that one does more.

/**
 * The most that a plot may have. `work`: rows that its operators go through, and expressions that are
 * evaluated; `views`: facets, and lines or areas of a mark.
 */
const LIMITS = { work: 5_000_000, rows: 100_000, views: 1_000, ticks: 1_000, letters: 10_000 };

/** @typedef {keyof typeof LIMITS} Bounded */
/** @typedef {import("../plot_spec.js").Refusal} Refusal */

/** A plot that is not drawn; `refusal` names the sentence that says why. */
export class PlotRefused extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.key);
    this.refusal = refusal;
  }
}

/**
 * @param {Bounded} what
 * @param {number} n
 */
export function bound(what, n) {
  if (!(n <= LIMITS[what]))
    throw new PlotRefused({ key: "rendering.plot.beyond", values: { what, limit: LIMITS[what] } });
}

/** The largest number in a format's specifier: it may be the width that a number is padded to. @param {unknown} specifier */
export function widest(specifier) {
  return Math.max(0, ...(`${specifier ?? ""}`.match(/\d+/g) ?? []).map(Number));
}
