// Where queries, keys, values, scores and output are drawn: the same on the screen and in a picture.

import { skippedTiles } from "./tiles.js";

/** Length of a side of the drawing. */
export const SIDE = 440;
/** Thickness of the strips around the scores, and what lies between. */
const STRIP = 34;
const GAP = 8;
/** Where the scores begin, from the left and from above, and how long a side of them is. */
export const LEFT = STRIP + GAP;
export const TOP = 2 * (STRIP + GAP);
const SCORES = SIDE - TOP;

/** What the strips are called, where their middles and base lines are. */
export const LABELS = [
  { name: "values", x: STRIP / 2, y: 23 },
  { name: "keys", x: STRIP / 2, y: 54 },
  { name: "queries", x: STRIP / 2, y: TOP - 5 },
  { name: "output", x: SIDE - STRIP / 2, y: TOP - 5 },
];

/**
 * @typedef {object} Block
 * @property {string} key
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {"now" | "done" | "written" | "skipped" | "waiting"} look
 */

/**
 * The blocks of a step: a tile of the scores each, and what is read and written beside them.
 * @param {import("./tiles.js").Shape} shape
 * @param {readonly import("./steps.js").Step[]} steps
 * @param {number} step how many are done
 * @returns {{ cell: number, blocks: Block[] }}
 */
export function layoutOf(shape, steps, step) {
  const cell = SCORES / shape.n;
  const now = steps[step - 1]?.tile;
  /** @type {Block[]} */
  const blocks = [];
  for (let from = 0; from < shape.n; from += shape.keyTile) {
    const place = { x: LEFT + cell * from, width: cell * (Math.min(from + shape.keyTile, shape.n) - from), height: STRIP };
    const look = now?.left === from ? "now" : "waiting";
    blocks.push({ key: `values ${from}`, ...place, y: 0, look }, { key: `keys ${from}`, ...place, y: STRIP + GAP, look });
  }
  for (let from = 0; from < shape.n; from += shape.queryTile) {
    const place = { y: TOP + cell * from, width: STRIP, height: cell * (Math.min(from + shape.queryTile, shape.n) - from) };
    const held = now?.top === from;
    const written = steps.slice(0, step).some(({ tile }) => tile.top === from && tile.isLast);
    blocks.push({ key: `queries ${from}`, ...place, x: 0, look: held ? "now" : "waiting" });
    blocks.push({ key: `output ${from}`, ...place, x: SIDE - STRIP, look: held ? "now" : written ? "written" : "waiting" });
  }
  /** @param {Pick<import("./tiles.js").Tile, "top" | "bottom" | "left" | "right">} tile */
  const place = ({ top, bottom, left, right }) => ({
    key: `scores ${top} ${left}`,
    x: LEFT + cell * left,
    y: TOP + cell * top,
    width: cell * (right - left),
    height: cell * (bottom - top),
  });
  for (const tile of skippedTiles(shape)) blocks.push({ ...place(tile), look: "skipped" });
  steps.forEach(({ tile }, i) => blocks.push({ ...place(tile), look: i === step - 1 ? "now" : i < step - 1 ? "done" : "waiting" }));
  // What is in fast memory is drawn last, so that no neighbour covers its edge.
  blocks.sort((a, b) => Number(a.look === "now") - Number(b.look === "now"));
  return { cell, blocks };
}
