// How many numbers attention moves between slow and fast memory, as in `cs336_core.model.memory_io`.

/** @typedef {{ read: number, written: number }} Traffic */

/** @param {Traffic} traffic */
export const moved = ({ read, written }) => read + written;

/**
 * The total traffic of FlashAttention after 0, 1, ... all steps.
 * @param {readonly import("./flash_steps.js").Step[]} steps
 * @returns {Traffic[]}
 */
export function flashTraffic(steps) {
  const sums = [{ read: 0, written: 0 }];
  for (const { read, written } of steps) {
    const last = /** @type {Traffic} */ (sums.at(-1));
    sums.push({ read: last.read + read, written: last.written + written });
  }
  return sums;
}

/**
 * The traffic of plain attention: scores, softmax and output are separate operations, and all scores
 * are written and read back in between, including masked ones.
 * @param {number} n the number of queries, and of keys
 * @param {number} d the dimension of queries and keys
 * @param {number} width the dimension of values
 * @returns {{ name: "scores" | "softmax" | "output", read: number, written: number }[]}
 */
export function naiveTraffic(n, d, width) {
  return [
    { name: "scores", read: 2 * n * d, written: n * n },
    { name: "softmax", read: n * n, written: n * n },
    { name: "output", read: n * n + n * width, written: n * width },
  ];
}

/** @param {readonly Traffic[]} parts @returns {Traffic} */
export function inAll(parts) {
  return {
    read: parts.reduce((sum, { read }) => sum + read, 0),
    written: parts.reduce((sum, { written }) => sum + written, 0),
  };
}
