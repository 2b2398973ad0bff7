// The map of a loss: bands of equal loss, and paths, in a square of 0 to 100.

import { contours } from "d3-contour";
import { descend, METHODS } from "../../browser/training/landscape.js";

/** @typedef {import("../../browser/training/landscape.js").Grid} Grid */
/** @typedef {import("../../browser/training/landscape.js").Point} Point */
/** @typedef {import("../../browser/training/landscape.js").Method} Method */
/** @typedef {import("#schema/optimizer_valley").Traits & Grid} State */

/** How far above the lowest loss the bands begin, in nats. */
const HEIGHTS = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 11];
/** Steps whose path is computed. */
export const MAX_STEPS = 100;
export const SIZE = 100;

/** @param {Grid} grid */
export const lowestOf = ({ losses }) => Math.min(...losses.map((row) => Math.min(...row)));

/**
 * The areas above each height, as SVG paths, from the largest to the smallest.
 * @param {Grid} grid
 * @returns {string[]}
 */
export function bandsOf({ losses }) {
  const n = losses.length;
  const lowest = lowestOf({ losses, low: 0, high: 0 });
  // A contour runs between the centers of cells, and the map between the first and the last.
  const scale = (/** @type {number} */ at) => ((at - 0.5) / (n - 1)) * SIZE;
  const point = (/** @type {number[]} */ [x = 0, y = 0]) =>
    `${scale(x).toFixed(2)},${(SIZE - scale(y)).toFixed(2)}`;
  return contours()
    .size([n, n])
    .thresholds(HEIGHTS.map((height) => lowest + height))(losses.flat())
    .map(({ coordinates }) =>
      coordinates
        .flat()
        .map((ring) => `M${ring.map(point).join("L")}Z`)
        .join(""),
    );
}

/** A coordinate of the loss on the map. @param {Grid} grid @param {number} value */
export const toMap = ({ low, high }, value) => ((value - low) / (high - low)) * SIZE;

/** A fraction of the map's width or height as a coordinate, to two digits. @param {Grid} grid @param {number} fraction */
export const fromMap = ({ low, high }, fraction) =>
  Number((low + fraction * (high - low)).toFixed(2));

/** @param {Grid} grid @param {readonly Point[]} points */
export const polylineOf = (grid, points) =>
  points
    .map(({ x, y }) => `${toMap(grid, x).toFixed(2)},${(SIZE - toMap(grid, y)).toFixed(2)}`)
    .join(" ");

/**
 * The path of each optimizer from the same start.
 * @param {State} state
 * @returns {Record<Method, Point[]>}
 */
export function pathsOf(state) {
  const { x, y, lr, momentum } = state;
  const paths = METHODS.map((method) => [
    method,
    descend(state, method, { x, y, rate: lr, momentum }, MAX_STEPS),
  ]);
  return Object.fromEntries(paths);
}

/** Round numbers on an axis. @param {Grid} grid @returns {number[]} */
export function ticksOf({ low, high }) {
  const first = Math.ceil(low);
  return Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i);
}
