// What is drawn, as numbers: the same on the screen and in a saved picture.

const RADIUS = 0.42;

/** @param {number} number */
const short = (number) => String(Number(number.toFixed(4)));

/**
 * The piece of a disc between the direction of a key and that of its query, before the key is turned.
 * @param {[x: number, y: number]} key
 * @param {number} between the angle from the key to the query
 */
export function sector(key, between) {
  const from = Math.atan2(key[1], key[0]);
  const at = (/** @type {number} */ angle) => `${short(RADIUS * Math.cos(angle))} ${short(-RADIUS * Math.sin(angle))}`;
  return `M0 0L${at(from)}A${RADIUS} ${RADIUS} 0 0 ${between > 0 ? 0 : 1} ${at(from + between)}Z`;
}

/**
 * What turns lengths into those of a dial with the radius 1: the longest of all pairs reaches its rim.
 * @param {readonly import("./rotary.js").Pair[]} pairs
 */
export function scaleOf(pairs) {
  return 1 / (Math.max(...pairs.flatMap(({ query, key }) => [Math.hypot(...query), Math.hypot(...key)])) || 1);
}

/**
 * Where the scores stand in a box, from its left and upper edge, as shares of 1. Zero is in the middle.
 * @param {readonly { score: number }[]} scores
 * @returns {[x: number, y: number][]}
 */
export function placed(scores) {
  const most = Math.max(...scores.map(({ score }) => Math.abs(score))) || 1;
  return scores.map(({ score }, i) => [i / Math.max(1, scores.length - 1), 0.5 - (0.46 * score) / most]);
}
