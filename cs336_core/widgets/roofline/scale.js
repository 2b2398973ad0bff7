// The axes: both logarithmic, the same for every machine, so that its roof is seen to rise and fall.

/** Decades of FLOPs a byte that are always shown; a point beyond them makes the axis longer. */
const INTENSITIES = /** @type {const} */ ([-1, 5]);
/** Decades of FLOPs a second: from a slow memory with little to compute to the fastest chip. */
export const RATES = /** @type {const} */ ([10, 16]);

/**
 * The decades that hold all of these, from one power of ten to another.
 * @param {readonly number[]} intensities
 * @returns {[least: number, most: number]}
 */
export function decadesOf(intensities) {
  const powers = intensities.map((intensity) => Math.log10(intensity));
  return [
    Math.min(INTENSITIES[0], Math.floor(Math.min(...powers))),
    Math.max(INTENSITIES[1], Math.ceil(Math.max(...powers))),
  ];
}

/**
 * Where a value stands between two decades, from 0 to 1.
 * @param {number} value
 * @param {readonly [least: number, most: number]} decades
 */
export function placeOf(value, [least, most]) {
  return Math.min(1, Math.max(0, (Math.log10(value) - least) / (most - least)));
}

/** The powers of ten from one decade to another. @param {readonly [least: number, most: number]} decades */
export function ticksOf([least, most]) {
  return Array.from({ length: most - least + 1 }, (_, i) => least + i);
}

/**
 * The corners of a machine's roof, from the left edge over the ridge to the right edge, from 0 to 1.
 * @param {number} peak FLOPs a second
 * @param {number} bandwidth bytes a second
 * @param {readonly [least: number, most: number]} decades
 * @returns {[x: number, y: number][]}
 */
export function roofOf(peak, bandwidth, decades) {
  const [first, ridge, last] = [10 ** decades[0], peak / bandwidth, 10 ** decades[1]];
  const at = (/** @type {number} */ intensity) =>
    /** @type {[number, number]} */ ([
      placeOf(intensity, decades),
      placeOf(Math.min(peak, intensity * bandwidth), RATES),
    ]);
  return [first, ridge, last].map(at);
}
