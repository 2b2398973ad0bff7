// Where the names of the optimizers stand: beside their balls, without hiding a name or a ball.

import { SIZE } from "./map.js";

/** @typedef {"after" | "before" | "above" | "below"} Side */
/** @typedef {{ left: number, right: number, bottom: number, top: number }} Box */

/** The sizes of a letter, a line and a ball on a small screen, in units of the map. */
const [LETTER, LINE, BALL] = [3.4, 8, 6];
/** @type {readonly Side[]} */
const SIDES = ["after", "before", "above", "below"];

/** @param {Box} a @param {Box} b */
const overlap = (a, b) =>
  a.left < b.right && b.left < a.right && a.bottom < b.top && b.bottom < a.top;

/** @param {number} x @param {number} y @param {number} width @param {number} height @returns {Box} */
const around = (x, y, width, height) => ({
  left: x - width / 2,
  right: x + width / 2,
  bottom: y - height / 2,
  top: y + height / 2,
});

/** @param {Side} side @param {number} x @param {number} y @param {string} name */
function boxOf(side, x, y, name) {
  const width = name.length * LETTER;
  const [away, up] = [(width + BALL) / 2, (LINE + BALL) / 2];
  const toX = { after: away, before: -away, above: 0, below: 0 }[side];
  const toY = { after: 0, before: 0, above: up, below: -up }[side];
  return around(x + toX, y + toY, width, LINE);
}

/**
 * The side of each ball on which its name hides the least. Earlier balls choose first.
 * @param {readonly { name: string, x: number, y: number }[]} balls at positions on the map
 * @returns {Side[]}
 */
export function sidesOf(balls) {
  const taken = balls.map(({ x, y }) => around(x, y, BALL, BALL));
  return balls.map(({ name, x, y }, i) => {
    const hidden = (/** @type {Side} */ side) => {
      const box = boxOf(side, x, y, name);
      const leaves = box.left < 0 || box.right > SIZE || box.bottom < 0 || box.top > SIZE;
      const others = taken.filter((other, j) => j !== i && overlap(box, other));
      return others.length + (leaves ? 2 : 0);
    };
    const best = SIDES.reduce((least, side) => (hidden(side) < hidden(least) ? side : least));
    taken.push(boxOf(best, x, y, name));
    return best;
  });
}
