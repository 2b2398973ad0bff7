// Rotary positions of a whole matrix, equal to `Rotary` of cs336_core.model.positions.

import { frequencies } from "../rotary.js";

/**
 * Rotates queries or keys in place: in each head, every pair of entries by the position times the pair's
 * frequency.
 * @param {import("./matrix.js").Matrix} x (n × heads · width); row p is at position p
 * @param {number} width of a head
 * @param {number} theta
 */
export function rotate({ rows, columns, data }, width, theta) {
  frequencies(width, theta).forEach((frequency, pair) => {
    for (let position = 0; position < rows; position++) {
      const cosine = Math.cos(position * frequency);
      const sine = Math.sin(position * frequency);
      for (let i = position * columns + 2 * pair; i < (position + 1) * columns; i += width) {
        const x = Number(data[i]);
        const y = Number(data[i + 1]);
        data[i] = x * cosine - y * sine;
        data[i + 1] = x * sine + y * cosine;
      }
    }
  });
}
