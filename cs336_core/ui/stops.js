// The stops of a slider over several orders of magnitude.

/** Leading digits between one power of ten and the next. */
const LEADING = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];

/**
 * Round numbers from `min` to `max`, both included.
 * @param {number} min
 * @param {number} max
 */
export function roundNumbers(min, max) {
  const stops = [];
  for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power++) {
    stops.push(...LEADING.map((digits) => Number(`${digits}e${power}`)));
  }
  return [...new Set([min, ...stops.filter((stop) => stop > min && stop < max), max])];
}

/**
 * Powers of two up to and including `max`.
 * @param {number} max
 */
export function powersOfTwo(max) {
  return Array.from({ length: Math.floor(Math.log2(max)) + 1 }, (_, power) => 2 ** power);
}

/**
 * The stop nearest to a number, by ratio rather than difference.
 * @param {readonly number[]} stops
 * @param {number} value above 0
 */
export function nearestStop(stops, value) {
  const distance = (/** @type {number} */ stop) => Math.abs(Math.log(stop / value));
  return stops.reduce(
    (best, stop, i) => (distance(stop) < distance(stops[best] ?? 1) ? i : best),
    0,
  );
}
