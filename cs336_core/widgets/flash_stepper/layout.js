// The positions of the drawing, on the screen and in a saved picture. Slow memory is the outer frame
// and holds queries, keys, values and output. Fast memory is a box within it, as large as its tile.
// Every number has the same size everywhere, so that a tile moves from one to the other unchanged.

import { skippedTiles } from "../../browser/model/flash_tiles.js";

/** Width and height of the drawing. */
export const SIDE = 440;
export const HEIGHT = 420;
/** Padding inside a frame, and between neighbors. */
const EDGE = 14;
const GAP = 8;
/** Height of a frame's name. */
const NAME = 26;
/** The longest sequence, for which there is room. */
const LONGEST = 16;

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

/**
 * @typedef {Box & { key: string, look: "now" | "done" | "written" | "skipped" | "waiting",
 *   part?: string, from?: { x: number, y: number } }} Block
 *   `done`: scores that were computed and discarded; `part`: the letter that names it; `from`: where the
 *   block was before the step
 */

/** @typedef {{ d: number, width: number }} Widths of a query or key, and of a value */

/**
 * The drawing of a step: frames, names, and blocks, one for each tile of queries, keys, values and
 * output in slow memory, for each part of the current tile in fast memory, and for each tile of scores
 * on a map of all scores.
 * @param {import("../../browser/model/flash_tiles.js").Shape} shape
 * @param {Widths} widths
 * @param {readonly import("../../browser/model/flash_steps.js").Step[]} steps
 * @param {number} step the number of tiles done
 */
export function layoutOf(shape, { d, width }, steps, step) {
  const { n, queryTile, keyTile } = shape;
  const unit =
    (SIDE - 4 * EDGE - 2 * GAP) / Math.max(2 * (d + width) + 20, d + width + 2 * LONGEST);
  const now = steps[step - 1]?.tile;
  // Slow memory: keys and values on top, queries on the left, output on the right
  const band = Math.max(d, width) * unit;
  const inner = EDGE + d * unit + GAP;
  const strips = SIDE / 2 - LONGEST * unit - EDGE / 2;
  const keysAt = { x: strips + EDGE, y: NAME };
  const valuesAt = { x: keysAt.x + LONGEST * unit + 2 * EDGE, y: NAME };
  const top = NAME + band + EDGE;
  const queriesAt = { x: EDGE, y: top + NAME };
  const outputAt = { x: SIDE - EDGE - width * unit, y: top + NAME };
  // Fast memory: the tile, with its queries on the left, its keys and values on top
  const columns = d + Math.min(keyTile, n) + 2 + width;
  const fast = {
    width: columns * unit + 4 * GAP,
    height: NAME + (width + d + Math.min(queryTile, n)) * unit + 3 * GAP,
  };
  const fastAt = { x: inner + (SIDE - EDGE - width * unit - GAP - inner - fast.width) / 2, y: top };
  const values = { x: fastAt.x + d * unit + 2 * GAP, y: fastAt.y + NAME };
  const keys = { x: values.x, y: values.y + width * unit + GAP / 2 };
  const scores = { x: values.x, y: keys.y + d * unit + GAP / 2 };
  const sums = { x: scores.x + Math.min(keyTile, n) * unit + GAP / 2, y: scores.y };
  const mapTop = fastAt.y + fast.height + NAME;
  const map = { side: Math.min(120, HEIGHT - mapTop - GAP), y: mapTop, x: 0 };
  map.x = fastAt.x + (fast.width - map.side) / 2;

  /** @type {Block[]} */
  const blocks = [];
  for (let from = 0; from < n; from += keyTile) {
    const size = Math.min(from + keyTile, n) - from;
    /** @type {"now" | "waiting"} */
    const look = now?.left === from ? "now" : "waiting";
    const strip = { width: size * unit, look };
    const at = from * unit;
    blocks.push(
      { key: `keys ${from}`, ...strip, x: keysAt.x + at, y: keysAt.y, height: d * unit },
      { key: `values ${from}`, ...strip, x: valuesAt.x + at, y: valuesAt.y, height: width * unit },
    );
  }
  for (let from = 0; from < n; from += queryTile) {
    const height = (Math.min(from + queryTile, n) - from) * unit;
    const at = from * unit;
    const isNow = now?.top === from;
    const written = steps.slice(0, step).some(({ tile }) => tile.top === from && tile.isLast);
    blocks.push(
      {
        key: `queries ${from}`,
        ...{ x: queriesAt.x, y: queriesAt.y + at, width: d * unit, height },
        look: isNow ? "now" : "waiting",
      },
      {
        key: `output ${from}${written ? " written" : ""}`,
        ...{ x: outputAt.x, y: outputAt.y + at, width: width * unit, height },
        look: written ? "written" : "waiting",
        ...(written && isNow && { from: { x: sums.x + 2 * unit + GAP / 2, y: sums.y } }),
      },
    );
  }
  const cell = map.side / n;
  /** @param {Pick<import("../../browser/model/flash_tiles.js").Tile, "top" | "bottom" | "left" | "right">} tile */
  const onMap = (tile) => ({
    key: `scores ${tile.top} ${tile.left}`,
    x: map.x + cell * tile.left,
    y: map.y + cell * tile.top,
    width: cell * (tile.right - tile.left),
    height: cell * (tile.bottom - tile.top),
  });
  for (const tile of skippedTiles(shape)) blocks.push({ ...onMap(tile), look: "skipped" });
  steps.forEach(({ tile }, i) =>
    blocks.push({
      ...onMap(tile),
      look: i === step - 1 ? "now" : i < step - 1 ? "done" : "waiting",
    }),
  );
  if (now) {
    const [rows, cols] = [(now.bottom - now.top) * unit, (now.right - now.left) * unit];
    const look = /** @type {const} */ ("now");
    const queries = { x: fastAt.x + GAP, y: scores.y, width: d * unit, height: rows };
    blocks.push(
      // A step that stays with its queries does not fetch them again.
      {
        key: `Q ${now.top}`,
        part: "queries",
        ...queries,
        from: { x: queriesAt.x, y: queriesAt.y + now.top * unit },
        look,
      },
      {
        key: `K ${step}`,
        part: "keys",
        ...{ ...keys, width: cols, height: d * unit },
        from: { x: keysAt.x + now.left * unit, y: keysAt.y },
        look,
      },
      {
        key: `V ${step}`,
        part: "values",
        ...{ ...values, width: cols, height: width * unit },
        from: { x: valuesAt.x + now.left * unit, y: valuesAt.y },
        look,
      },
      { key: "sums", ...{ ...sums, width: 2 * unit, height: rows }, look },
      {
        key: "O",
        part: "output",
        ...{ x: sums.x + 2 * unit + GAP / 2, y: sums.y, width: width * unit, height: rows },
        look,
      },
    );
  }
  const frames = [
    { name: "slow", x: 0, y: 0, width: SIDE, height: HEIGHT },
    { name: "fast", ...fastAt, ...fast },
  ];
  const labels = [
    { name: "keys", x: keysAt.x - 11, y: keysAt.y + band / 2 + 5 },
    { name: "values", x: valuesAt.x - 9, y: valuesAt.y + band / 2 + 5 },
    { name: "queries", x: queriesAt.x + (d * unit) / 2, y: queriesAt.y - 6 },
    { name: "output", x: outputAt.x + (width * unit) / 2, y: outputAt.y - 6 },
  ];
  return { unit, frames, labels, blocks, scores, map };
}
