// Where the tokens of a sentence are, and the arcs between them: along a row, or in a narrow figure
// down a list.

/** The width of a letter, and the room around a token. */
const LETTER = 8;
const PAD = 12;
/** The narrowest token: it has room for its weight, such as “99 %”. */
const NARROWEST = 38;
/** The width of a column of turned tokens, at least and at most, and the room that they need. */
const NARROW = 22;
const BROAD = 40;
const ROOM = 480;
/** How much wider tokens in a row are if there is room. */
const LOOSE = 1.35;
/** The height of a line in a list. */
const LINE = 28;
/** How far an arc reaches from the tokens: one to the next token, and one along the whole sentence. */
const LOW = 20;
export const HIGH = { row: 116, turned: 116, list: 96 };
/** The room of the tokens with their weights, below the arcs. */
const BELOW = { row: 48, turned: 104, list: 0 };

/**
 * @typedef {object} Layout
 * @property {"row" | "turned" | "list"} kind along a row, with upright or turned letters, or down a list
 * @property {number} width
 * @property {number} height
 * @property {number[]} centers of the tokens, along the row or the list
 * @property {number[]} sizes of the tokens, along the row or the list
 */

/**
 * @param {readonly string[]} labels
 * @param {number} room the width that the figure has
 * @returns {Layout}
 */
export function layoutOf(labels, room) {
  const upright = labels.map((label) => Math.max(NARROWEST, [...label].length * LETTER + PAD));
  const free = room / upright.reduce((a, b) => a + b, 0);
  const turned = Math.min(BROAD, room / labels.length);
  if (free >= 1)
    return placed(
      "row",
      upright.map((size) => size * Math.min(free, LOOSE)),
      room,
    );
  if (room >= ROOM && turned >= NARROW)
    return placed(
      "turned",
      labels.map(() => turned),
      room,
    );
  return placed(
    "list",
    labels.map(() => LINE),
    room,
  );
}

/** @param {Layout["kind"]} kind @param {number[]} sizes @param {number} width @returns {Layout} */
function placed(kind, sizes, width) {
  let end = 0;
  const centers = sizes.map((size) => {
    end += size;
    return end - size / 2;
  });
  return { kind, width, height: kind === "list" ? end : HIGH[kind] + BELOW[kind], centers, sizes };
}

const at = (/** @type {number} */ x) => x.toFixed(1);

/**
 * The path of an arc from a query to a key; a token's arc to itself is a loop.
 * @param {Layout} layout
 * @param {number} query
 * @param {number} key
 */
export function arcPath({ kind, centers }, query, key) {
  const aside = query === key ? 7 : 0;
  const from = Number(centers[query]) + aside;
  const to = Number(centers[key]) - aside;
  const longest = Number(centers.at(-1)) - Number(centers[0]) || 1;
  const height = LOW + (HIGH[kind] - 8 - LOW) * (Math.abs(from - to) / longest);
  const reach = (4 / 3) * height; // a curve reaches three quarters of the way to its handles
  const base = HIGH[kind];
  /** @param {number} along @param {number} across */
  const point = (along, across) =>
    kind === "list" ? `${at(across)} ${at(along)}` : `${at(along)} ${at(across)}`;
  return `M${point(from, base)}C${point(from, base - reach)} ${point(to, base - reach)} ${point(to, base)}`;
}
