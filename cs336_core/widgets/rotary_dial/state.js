// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

/**
 * @typedef {object} State
 * @property {string} query its numbers
 * @property {string} key_vector its numbers
 * @property {number} query_place
 * @property {number} key_place
 * @property {number} theta
 * @property {number} places how many places there are; the last has one less as its number
 */

/** @type {(keyof State & string)[]} */
export const URL_TRAITS = ["query", "key_vector", "query_place", "key_place", "theta"];
/** @type {(keyof State & string)[]} */
export const TRAITS = [...URL_TRAITS, "places"];
export const LARGEST_THETA = 100_000_000;

/** @param {State} state @returns {State} */
export function bounded(state) {
  const place = (/** @type {number} */ value) => Math.min(state.places - 1, Math.max(0, value));
  return {
    ...state,
    query_place: place(state.query_place),
    key_place: place(state.key_place),
    theta: Math.min(LARGEST_THETA, Math.max(1, state.theta)),
  };
}

/**
 * The places when the query is moved to a distance from the key, which moves only where it must.
 * @param {State} state
 * @param {number} distance
 */
export function apartBy({ key_place, places }, distance) {
  const query = Math.min(places - 1, Math.max(0, key_place + distance));
  return { query_place: query, key_place: query - distance };
}

/**
 * The places when the one that comes first is moved to `first`, and the other with it.
 * @param {State} state
 * @param {number} first
 */
export function shifted({ query_place: query, key_place: key }, first) {
  const by = first - Math.min(query, key);
  return { query_place: query + by, key_place: key + by };
}
