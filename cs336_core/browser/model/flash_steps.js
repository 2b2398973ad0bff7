// FlashAttention's forward pass, step by step, as `flash_steps` of cs336_core/model/flash.py takes it.

import { tilesOf } from "./flash_tiles.js";

/** @typedef {number[][]} Matrix rows of numbers */
/** @typedef {{ queries: Matrix, keys: Matrix, values: Matrix }} Inputs */

/**
 * What happens to one query at one tile.
 * @typedef {object} RowStep
 * @property {number} query which one
 * @property {number[]} scores of the tile, scaled and masked
 * @property {number} before the largest score before this tile; -Infinity where there was none
 * @property {number} highest the largest score so far
 * @property {number} kept what was summed before counts for so much now: exp(before - highest)
 * @property {number[]} shares exp(score - highest)
 * @property {number} totalBefore
 * @property {number} total the sum of exp(score - highest) so far
 * @property {number[]} outputBefore
 * @property {number[]} output the values, weighed by the same exponentials, summed so far
 */

/**
 * @typedef {object} Step
 * @property {import("./flash_tiles.js").Tile} tile
 * @property {RowStep[]} rows
 * @property {number} read numbers that came from slow memory for this tile
 * @property {number} written numbers that went there
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
      const kept = Math.exp(before - highest);
      const shares = scores.map((score) => Math.exp(score - highest));
      const totalBefore = last?.total ?? 0;
      const outputBefore = last?.output ?? Array(width).fill(0);
      return {
        query: top + i,
        scores,
        before,
        highest,
        kept,
        shares,
        totalBefore,
        total: kept * totalBefore + shares.reduce((sum, share) => sum + share, 0),
        outputBefore,
        output: outputBefore.map(
          (sum, column) =>
            kept * sum +
            dot(
              shares,
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

/** What attention gives for the keys read so far. @param {RowStep} row */
export function resultOf({ output, total }) {
  return output.map((sum) => sum / total);
}
