// The sequence length at which one part of a model costs as much as another, equal to
// `cs336_core.accounting.crossover`.

import { byGroup, countFlops } from "./count.js";

/** @typedef {import("./operations.js").Group} Group */

export const LONGEST = 2 ** 24;

/**
 * The shortest sequence for which `rising` groups take at least the FLOPs of `others`; with
 * `decode` the number of cached tokens. Without a crossing, `undefined`.
 * @param {import("./config.js").GivenConfig} config
 * @param {readonly Group[]} rising
 * @param {readonly Group[]} others
 * @param {import("./count.js").Conventions} conventions
 * @param {boolean} decode
 * @returns {number | undefined}
 */
export function crossover(config, rising, others, conventions, decode) {
  /** @param {number} length */
  const isReached = (length) => {
    const sums = byGroup(
      decode
        ? countFlops(config, 1, 1, conventions, { cached: length })
        : countFlops(config, 1, length, conventions),
    );
    const sum = (/** @type {readonly Group[]} */ groups) =>
      groups.reduce((all, group) => all + sums[group], 0n);
    return sum(rising) >= sum(others);
  };
  if (!isReached(LONGEST)) return undefined;
  let [below, above] = [0, LONGEST];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (isReached(middle)) above = middle;
    else below = middle;
  }
  return above;
}
