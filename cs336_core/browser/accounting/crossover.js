// The length of text from which one part of a model takes as much work as another: the twin of
// `cs336_core.accounting.crossover`.

import { byGroup, countFlops } from "./count.js";

/** @typedef {import("./operations.js").Group} Group */

export const LONGEST = 2 ** 24;

/**
 * The shortest sequence at which `these` groups take as many FLOPs as `those`, or more; with
 * `decode` the number of tokens in the cache. Without a crossing, `undefined`.
 * @param {import("./config.js").GivenConfig} config
 * @param {readonly Group[]} these
 * @param {readonly Group[]} those
 * @param {import("./count.js").Conventions} conventions
 * @param {boolean} decode
 * @returns {number | undefined}
 */
export function crossover(config, these, those, conventions, decode) {
  /** @param {number} length */
  const isReached = (length) => {
    const sums = byGroup(
      decode
        ? countFlops(config, 1, 1, conventions, { cached: length })
        : countFlops(config, 1, length, conventions),
    );
    const sum = (/** @type {readonly Group[]} */ groups) =>
      groups.reduce((all, group) => all + sums[group], 0n);
    return sum(these) >= sum(those);
  };
  if (!isReached(LONGEST)) return undefined;
  let [short, reached] = [0, LONGEST];
  while (reached - short > 1) {
    const middle = Math.floor((short + reached) / 2);
    if (isReached(middle)) reached = middle;
    else short = middle;
  }
  return reached;
}
