// Limits on the work of drawing a plot, and the error for exceeding them.

/**
 * `work`: rows processed by operators, and expressions evaluated; `views`: facets, and lines or areas
 * of a mark.
 */
const LIMITS = { work: 5_000_000, rows: 100_000, views: 1_000, ticks: 1_000, letters: 10_000 };

/** @typedef {keyof typeof LIMITS} Bounded */
/** @typedef {import("../plot_spec.js").Refusal} Refusal */

/** A plot that is not drawn; `refusal` is the reason. */
export class PlotRefused extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.key);
    this.refusal = refusal;
  }
}

/**
 * Throws if a quantity exceeds its limit.
 * @param {Bounded} quantity
 * @param {number} n
 */
export function bound(quantity, n) {
  if (!(n <= LIMITS[quantity]))
    throw new PlotRefused({
      key: `rendering.plot.beyond.${quantity}`,
      values: { limit: LIMITS[quantity] },
    });
}

/** The largest number in a format specifier; numbers may be padded to that width. @param {unknown} specifier */
export function widest(specifier) {
  return Math.max(0, ...(`${specifier ?? ""}`.match(/\d+/g) ?? []).map(Number));
}
