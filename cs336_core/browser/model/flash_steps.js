// The forward pass of FlashAttention, step by step, equal to `flash_steps` of `cs336_core.model.flash`.

import { tilesOf } from "./flash_tiles.js";

/** @typedef {number[][]} Matrix rows of numbers */
/** @typedef {{ queries: Matrix, keys: Matrix, values: Matrix }} Inputs */

/**
 * The update of one query at one tile.
 * @typedef {object} RowStep
 * @property {number} query index
 * @property {number[]} scores of the tile, scaled and masked
 * @property {number} before the largest score before this tile; -Infinity for the first tile
 * @property {number} highest the largest score so far
 * @property {number} rescale the factor of the sums so far: exp(before - highest)
 * @property {number[]} exponentials exp(score - highest)
 * @property {number} totalBefore
 * @property {number} total the sum of exp(score - highest) so far
 * @property {number[]} outputBefore
 * @property {number[]} output the sum of values so far, weighted by the same exponentials
 */

/**
 * @typedef {object} Step
 * @property {import("./flash_tiles.js").Tile} tile
 * @property {RowStep[]} rows
 * @property {number} read numbers read from slow memory for this tile
 * @property {number} written numbers written to it
 */

/** @param {readonly number[]} a @param {readonly number[]} b */
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

/**
 * @param {Inputs} inputs
 * @param {import("./flash_tiles.js").Shape} shape
 * @returns {Step[]}
 */
export function flashSteps({ queries, keys, values }, shape) {
  const d = queries[0]?.length ?? 0;
  const width = values[0]?.length ?? 0;
  const scale = 1 / Math.sqrt(d);
  /** @type {RowStep[]} */
  let rows = [];
  return tilesOf(shape).map((tile) => {
    const { top, bottom, left, right, isFirst, isLast, diagonal } = tile;
    const k = keys.slice(left, right);
    const v = values.slice(left, right);
    rows = queries.slice(top, bottom).map((query, i) => {
      const last = isFirst ? undefined : rows[i];
      const scores = k.map((key, j) =>
        diagonal !== null && j - i > diagonal ? -Infinity : dot(query, key) * scale,
      );
      const before = last?.highest ?? -Infinity;
      const highest = Math.max(before, ...scores);
      const rescale = Math.exp(before - highest);
      const exponentials = scores.map((score) => Math.exp(score - highest));
      const totalBefore = last?.total ?? 0;
      const outputBefore = last?.output ?? Array(width).fill(0);
      return {
        query: top + i,
        scores,
        before,
        highest,
        rescale,
        exponentials,
        totalBefore,
        total: rescale * totalBefore + exponentials.reduce((sum, x) => sum + x, 0),
        outputBefore,
        output: outputBefore.map(
          (sum, column) =>
            rescale * sum +
            dot(
              exponentials,
              v.map((value) => value[column] ?? 0),
            ),
        ),
      };
    });
    return {
      tile,
      rows,
      read: (isFirst ? rows.length * d : 0) + k.length * (d + width),
      written: isLast ? rows.length * (width + 1) : 0,
    };
  });
}

/** The attention output for the keys so far. @param {RowStep} row */
export function resultOf({ output, total }) {
  return output.map((sum) => sum / total);
}
