// The positions of queries, keys, values, scores and output, on the screen and in a saved picture.
// Slow memory is the outer frame. The frame of fast memory is inside it, around the scores, which never
// leave fast memory.

import { skippedTiles } from "../../browser/model/flash_tiles.js";

/** Width of the drawing. */
export const SIDE = 440;
/** Padding inside a frame, and the gap between neighbors. */
const EDGE = 8;
const GAP = 8;
/** Height of a frame's name. */
const NAME = 26;
/** Thickness of the strips of queries, keys, values and output. */
const STRIP = 30;

/** The frame of fast memory, its left and upper edges. */
const FAST_LEFT = EDGE + STRIP + GAP;
const FAST_TOP = NAME + 2 * (STRIP + GAP);
/** The left and top edges of the scores, and their side length. */
export const LEFT = FAST_LEFT + EDGE;
export const TOP = FAST_TOP + NAME;
export const SCORES = SIDE - 2 * LEFT;
export const HEIGHT = TOP + SCORES + 2 * EDGE;

/** The frames of both memories, and where their names begin. */
export const FRAMES = [
  { name: "slow", x: 0, y: 0, width: SIDE, height: HEIGHT, textX: EDGE, textY: 19 },
  {
    name: "fast",
    x: FAST_LEFT,
    y: FAST_TOP,
    width: SIDE - 2 * FAST_LEFT,
    height: NAME + SCORES + EDGE,
    textX: LEFT,
    textY: FAST_TOP + 19,
  },
];

/** The labels of the strips: the centers and baselines of their text. */
export const LABELS = [
  { name: "values", x: EDGE + STRIP / 2, y: NAME + 21 },
  { name: "keys", x: EDGE + STRIP / 2, y: NAME + STRIP + GAP + 21 },
  { name: "queries", x: EDGE + STRIP / 2, y: TOP - 7 },
  { name: "output", x: SIDE - EDGE - STRIP / 2, y: TOP - 7 },
];

/**
 * @typedef {object} Block
 * @property {string} key
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {"now" | "done" | "written" | "skipped" | "waiting"} look `done`: scores that were computed
 *   and discarded
 */

/**
 * The blocks of a step: one per tile of scores, and one per tile of queries, keys, values and output.
 * @param {import("../../browser/model/flash_tiles.js").Shape} shape
 * @param {readonly import("../../browser/model/flash_steps.js").Step[]} steps
 * @param {number} step the number of tiles done
 * @returns {{ cell: number, blocks: Block[] }}
 */
export function layoutOf(shape, steps, step) {
  const cell = SCORES / shape.n;
  const now = steps[step - 1]?.tile;
  /** @type {Block[]} */
  const blocks = [];
  for (let from = 0; from < shape.n; from += shape.keyTile) {
    const box = {
      x: LEFT + cell * from,
      width: cell * (Math.min(from + shape.keyTile, shape.n) - from),
      height: STRIP,
    };
    const look = now?.left === from ? "now" : "waiting";
    blocks.push(
      { key: `values ${from}`, ...box, y: NAME, look },
      { key: `keys ${from}`, ...box, y: NAME + STRIP + GAP, look },
    );
  }
  for (let from = 0; from < shape.n; from += shape.queryTile) {
    const box = {
      y: TOP + cell * from,
      width: STRIP,
      height: cell * (Math.min(from + shape.queryTile, shape.n) - from),
    };
    const isCurrent = now?.top === from;
    const written = steps.slice(0, step).some(({ tile }) => tile.top === from && tile.isLast);
    blocks.push({ key: `queries ${from}`, ...box, x: EDGE, look: isCurrent ? "now" : "waiting" });
    blocks.push({
      key: `output ${from}`,
      ...box,
      x: SIDE - EDGE - STRIP,
      look: isCurrent ? "now" : written ? "written" : "waiting",
    });
  }
  /** @param {Pick<import("../../browser/model/flash_tiles.js").Tile, "top" | "bottom" | "left" | "right">} tile */
  const boxOf = ({ top, bottom, left, right }) => ({
    key: `scores ${top} ${left}`,
    x: LEFT + cell * left,
    y: TOP + cell * top,
    width: cell * (right - left),
    height: cell * (bottom - top),
  });
  for (const tile of skippedTiles(shape)) blocks.push({ ...boxOf(tile), look: "skipped" });
  steps.forEach(({ tile }, i) =>
    blocks.push({
      ...boxOf(tile),
      look: i === step - 1 ? "now" : i < step - 1 ? "done" : "waiting",
    }),
  );
  // What is in fast memory is drawn last, so that no neighbor covers its edge.
  blocks.sort((a, b) => Number(a.look === "now") - Number(b.look === "now"));
  return { cell, blocks };
}
