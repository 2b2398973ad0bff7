// The axes: logarithmic, and the same for every machine, so that rooflines can be compared.

import { within } from "../../ui/state.js";

/** Decades of FLOPs per byte that are always shown; a point beyond them extends the axis. */
const INTENSITIES = /** @type {const} */ ([-1, 5]);
/** Decades of FLOP/s: from a slow memory at low intensity to the peak of the fastest chip. */
export const RATES = /** @type {const} */ ([10, 16]);

/**
 * The first and last power of ten of an axis that contains all intensities.
 * @param {readonly number[]} intensities
 * @returns {[first: number, last: number]}
 */
export function decadesOf(intensities) {
  const powers = intensities.map((intensity) => Math.log10(intensity));
  return [
    Math.min(INTENSITIES[0], Math.floor(Math.min(...powers))),
    Math.max(INTENSITIES[1], Math.ceil(Math.max(...powers))),
  ];
}

/**
 * The position of a value between two decades, from 0 to 1.
 * @param {number} value
 * @param {readonly [first: number, last: number]} decades
 */
export function positionOf(value, [first, last]) {
  return within((Math.log10(value) - first) / (last - first), 0, 1);
}

/** The powers of ten from one decade to another. @param {readonly [first: number, last: number]} decades */
export function ticksOf([first, last]) {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/**
 * The corners of a machine's roofline, from 0 to 1: the left edge, the ridge, the right edge.
 * @param {number} peak FLOPs per second
 * @param {number} bandwidth bytes per second
 * @param {readonly [first: number, last: number]} decades
 * @returns {[x: number, y: number][]}
 */
export function roofOf(peak, bandwidth, decades) {
  const [first, ridge, last] = [10 ** decades[0], peak / bandwidth, 10 ** decades[1]];
  const cornerAt = (/** @type {number} */ intensity) =>
    /** @type {[number, number]} */ ([
      positionOf(intensity, decades),
      positionOf(Math.min(peak, intensity * bandwidth), RATES),
    ]);
  return [first, ridge, last].map(cornerAt);
}
