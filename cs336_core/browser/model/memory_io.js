// Numbers that go from slow memory to fast memory and back.

/** @typedef {{ read: number, written: number }} Traffic */

/** @param {Traffic} traffic */
export const moved = ({ read, written }) => read + written;

/**
 * What FlashAttention has moved after 0, 1, ... all steps.
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
 * What plain attention moves: scores, shares of the softmax and output are an operation each, and all
 * scores are written and read back in between, hidden ones too.
 * @param {number} n how many queries there are, and keys
 * @param {number} d numbers of a query
 * @param {number} width numbers of a value
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
