// Rotary positions, as `Rotary` of cs336_core/model/positions.py computes them.

/**
 * How fast the point of each pair turns, in radians a place.
 * @param {number} d how many numbers a vector has
 * @param {number} theta
 */
export function frequencies(d, theta) {
  return Array.from({ length: d / 2 }, (_, pair) => Math.exp(-Math.log(theta) * ((2 * pair) / d)));
}

/**
 * A vector with each pair of its numbers turned by what its place asks for.
 * @param {readonly number[]} vector
 * @param {number} place
 * @param {number} theta
 */
export function rotated(vector, place, theta) {
  return frequencies(vector.length, theta).flatMap((frequency, pair) => {
    const [x, y] = pointOf(vector, pair);
    const cosine = Math.cos(place * frequency);
    const sine = Math.sin(place * frequency);
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
 * One pair of numbers of a query and a key, both turned.
 * @typedef {object} Pair
 * @property {number} frequency in radians a place
 * @property {[x: number, y: number]} query before it is turned
 * @property {[x: number, y: number]} key before it is turned
 * @property {number} queryAngle by which the query is turned, in radians
 * @property {number} keyAngle
 * @property {number | undefined} between the angle from the key to the query now, above -pi and up to
 *   pi; there is none where one of them has no length
 * @property {number} product
 */

/**
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 * @param {number} queryPlace
 * @param {number} keyPlace
 * @param {number} theta
 * @returns {Pair[]}
 */
export function pairsOf(query, key, queryPlace, keyPlace, theta) {
  const dots = products(rotated(query, queryPlace, theta), rotated(key, keyPlace, theta));
  return frequencies(query.length, theta).map((frequency, pair) => {
    const q = pointOf(query, pair);
    const k = pointOf(key, pair);
    const apart =
      Math.atan2(q[1], q[0]) - Math.atan2(k[1], k[0]) + (queryPlace - keyPlace) * frequency;
    return {
      frequency,
      query: q,
      key: k,
      queryAngle: queryPlace * frequency,
      keyAngle: keyPlace * frequency,
      between:
        Math.hypot(...q) && Math.hypot(...k)
          ? Math.atan2(Math.sin(apart), Math.cos(apart))
          : undefined,
      product: dots[pair] ?? 0,
    };
  });
}

/**
 * The score, pair by pair, for every distance of the query from the key, from -`most` to `most`.
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 * @param {number} theta
 * @param {number} most
 * @returns {{ distance: number, products: number[], score: number }[]}
 */
export function scoresOver(query, key, theta, most) {
  return Array.from({ length: 2 * most + 1 }, (_, i) => {
    const distance = i - most;
    const dots = products(rotated(query, distance, theta), key);
    return { distance, products: dots, score: sum(dots) };
  });
}
