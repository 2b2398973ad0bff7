// RMSNorm, equal to `RMSNorm` of cs336_core.model.norms.

import { dot, rowOf, zeros } from "./matrix.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */

/** What RMSNorm divides a row by. @param {Float32Array} row @param {number} eps */
export const rootMeanSquare = (row, eps) => Math.sqrt(dot(row, row) / row.length + eps);

/**
 * Each row scaled to a root mean square of 1, times a gain per entry.
 * @param {Matrix} x
 * @param {Float32Array} gain
 * @param {number} eps
 * @returns {Matrix}
 */
export function rmsNorm(x, gain, eps) {
  const y = zeros(x.rows, x.columns);
  for (let row = 0; row < x.rows; row++) {
    const input = rowOf(x, row);
    const output = rowOf(y, row);
    const root = rootMeanSquare(input, eps);
    for (let i = 0; i < input.length; i++) output[i] = (Number(input[i]) / root) * Number(gain[i]);
  }
  return y;
}
