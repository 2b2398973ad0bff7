// Rotary positions, equal to `Rotary` of `cs336_core.model.positions`.

/**
 * The frequency of each pair of dimensions, in radians per position.
 * @param {number} d the dimension of the vectors
 * @param {number} theta
 */
export function frequencies(d, theta) {
  return Array.from({ length: d / 2 }, (_, pair) => Math.exp(-Math.log(theta) * ((2 * pair) / d)));
}

/**
 * A vector with each pair of dimensions rotated by its position times the frequency.
 * @param {readonly number[]} vector
 * @param {number} position
 * @param {number} theta
 */
export function rotated(vector, position, theta) {
  return frequencies(vector.length, theta).flatMap((frequency, pair) => {
    const [x, y] = pointOf(vector, pair);
    const cosine = Math.cos(position * frequency);
    const sine = Math.sin(position * frequency);
    return [x * cosine - y * sine, x * sine + y * cosine];
  });
}

/** @param {readonly number[]} vector @param {number} pair @returns {[x: number, y: number]} */
export function pointOf(vector, pair) {
  return [vector[2 * pair] ?? 0, vector[2 * pair + 1] ?? 0];
}

/**
 * The dot product, pair by pair.
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 */
export function products(query, key) {
  return Array.from({ length: query.length / 2 }, (_, pair) => {
    const [a, b] = pointOf(query, pair);
    const [c, d] = pointOf(key, pair);
    return a * c + b * d;
  });
}

/** @param {readonly number[]} numbers */
export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * One pair of dimensions of a query and a key.
 * @typedef {object} Pair
 * @property {number} frequency in radians per position
 * @property {[x: number, y: number]} query before rotation
 * @property {[x: number, y: number]} key before rotation
 * @property {number} queryAngle by which the query is rotated, in radians
 * @property {number} keyAngle
 * @property {number | undefined} between the angle from the rotated key to the rotated query, above -pi
 *   and up to pi; undefined if one of them is zero
 * @property {number} product
 */

/**
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 * @param {number} queryPosition
 * @param {number} keyPosition
 * @param {number} theta
 * @returns {Pair[]}
 */
export function pairsOf(query, key, queryPosition, keyPosition, theta) {
  const dots = products(rotated(query, queryPosition, theta), rotated(key, keyPosition, theta));
  return frequencies(query.length, theta).map((frequency, pair) => {
    const q = pointOf(query, pair);
    const k = pointOf(key, pair);
    const apart =
      Math.atan2(q[1], q[0]) - Math.atan2(k[1], k[0]) + (queryPosition - keyPosition) * frequency;
    return {
      frequency,
      query: q,
      key: k,
      queryAngle: queryPosition * frequency,
      keyAngle: keyPosition * frequency,
      between:
        Math.hypot(...q) && Math.hypot(...k)
          ? Math.atan2(Math.sin(apart), Math.cos(apart))
          : undefined,
      product: dots[pair] ?? 0,
    };
  });
}

/**
 * The score, pair by pair, for every distance between query and key from -`limit` to `limit`.
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 * @param {number} theta
 * @param {number} limit
 * @returns {{ distance: number, products: number[], score: number }[]}
 */
export function scoresOver(query, key, theta, limit) {
  return Array.from({ length: 2 * limit + 1 }, (_, i) => {
    const distance = i - limit;
    const dots = products(rotated(query, distance, theta), key);
    return { distance, products: dots, score: sum(dots) };
  });
}
