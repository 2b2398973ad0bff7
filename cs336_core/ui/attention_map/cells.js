// The cells of a map of attention weights.

import { decimal } from "../numbers.js";

/**
 * The text of a cell, and the strength of its color, from 0 to 1.
 * @typedef {{ text: string, strength: number, masked: boolean }} Cell
 */

/** A weight in a cell: .83 for 0.83. @param {number} weight */
function shortWeight(weight) {
  const text = decimal(weight, 2);
  return text === "1.00" ? "1" : text.slice(1);
}

/**
 * The cell of a weight; a masked one is 0.
 * @param {number} weight
 * @param {boolean} masked
 * @returns {Cell}
 */
export const weightCell = (weight, masked) => ({
  text: masked ? "0" : shortWeight(weight),
  strength: weight,
  masked,
});
