// Rotary positions of a whole matrix, equal to `Rotary` of cs336_core.model.positions.

import { frequencies } from "../rotary.js";

/**
 * Rotates queries or keys in place: in each head, every pair of entries by the position times the pair's
 * frequency.
 * @param {import("./matrix.js").Matrix} x (n × heads · width)
 * @param {number} width of a head
 * @param {number} theta
 * @param {number} start the position of the first row
 */
export function rotate({ rows, columns, data }, width, theta, start) {
  frequencies(width, theta).forEach((frequency, pair) => {
    for (let row = 0; row < rows; row++) {
      const cosine = Math.cos((start + row) * frequency);
      const sine = Math.sin((start + row) * frequency);
      for (let i = row * columns + 2 * pair; i < (row + 1) * columns; i += width) {
        const x = Number(data[i]);
        const y = Number(data[i + 1]);
        data[i] = x * cosine - y * sine;
        data[i + 1] = x * sine + y * cosine;
      }
    }
  });
}
