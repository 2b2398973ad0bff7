// The stops of a slider over several orders of magnitude.

/** Leading digits between one power of ten and the next. */
const LEADING = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];

/**
 * Round numbers from `least` to `most`, both included.
 * @param {number} least
 * @param {number} most
 */
export function roundNumbers(least, most) {
  const stops = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= most; power++) {
    stops.push(...LEADING.map((digits) => Number(`${digits}e${power}`)));
  }
  return [...new Set([least, ...stops.filter((stop) => stop > least && stop < most), most])];
}

/**
 * Powers of two up to `most`, which is included.
 * @param {number} most
 */
export function powersOfTwo(most) {
  return Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, power) => 2 ** power);
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
