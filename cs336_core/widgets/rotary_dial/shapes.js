// The geometry of the drawing: the same on the screen and in a saved picture.

const RADIUS = 0.42;

/** @param {number} number */
const short = (number) => String(Number(number.toFixed(4)));

/**
 * The sector of a disc between the direction of a key and that of its query, before the key is turned.
 * @param {[x: number, y: number]} key
 * @param {number} between the angle from the key to the query
 */
export function sector(key, between) {
  const from = Math.atan2(key[1], key[0]);
  const at = (/** @type {number} */ angle) =>
    `${short(RADIUS * Math.cos(angle))} ${short(-RADIUS * Math.sin(angle))}`;
  return `M0 0L${at(from)}A${RADIUS} ${RADIUS} 0 0 ${between > 0 ? 0 : 1} ${at(from + between)}Z`;
}

/**
 * The factor that scales vectors to a dial of radius 1: the longest one reaches its rim.
 * @param {readonly import("../../browser/model/rotary.js").Pair[]} pairs
 */
export function scaleOf(pairs) {
  return (
    1 /
    (Math.max(...pairs.flatMap(({ query, key }) => [Math.hypot(...query), Math.hypot(...key)])) ||
      1)
  );
}

/**
 * The points of the scores, as fractions of a box from its left and upper edge; `up`: the height of any
 * score. The box spans the lowest score, the highest score and zero.
 * @param {readonly { score: number }[]} scores
 * @returns {{ points: [x: number, y: number][], up: (score: number) => number }}
 */
export function curveOf(scores) {
  const all = scores.map(({ score }) => score);
  const [min, max] = [Math.min(0, ...all), Math.max(0, ...all)];
  const up = (/** @type {number} */ score) => 0.96 - (0.92 * (score - min)) / (max - min || 1);
  return { points: all.map((score, i) => [i / Math.max(1, all.length - 1), up(score)]), up };
}
