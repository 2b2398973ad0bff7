// The axes of charts: positions from 0 to 1, and the texts there.

/** @typedef {readonly [position: number, text: string]} Tick */

/** @type {readonly Tick[]} */
export const PERCENTAGES = [
  [0, "0"],
  [0.25, ""],
  [0.5, "50"],
  [0.75, ""],
  [1, "100 %"],
];

/**
 * The position of a number on a logarithmic axis, from 0 to 1.
 * @param {number} n
 * @param {number} min
 * @param {number} max
 */
export const logPosition = (n, min, max) => Math.log(n / min) / Math.log(max / min);
