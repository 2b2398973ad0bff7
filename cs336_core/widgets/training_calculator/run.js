// The arithmetic of a training run, equal to Python's (cs336_core.accounting).

/** Chinchilla's tokens a parameter, about. */
export const CHINCHILLA = 20;

/** Bytes that training with Adam in mixed precision keeps for each parameter. @type {[part: string, bytes: number][]} */
export const KEPT = [
  ["weights", 2],
  ["gradients", 2],
  ["master", 4],
  ["averages", 8],
];
export const BYTES = KEPT.reduce((sum, [, bytes]) => sum + bytes, 0);
const HOUR = 3600;

/**
 * @typedef {object} Plan
 * @property {number} params all that have to be kept
 * @property {number} activeParams those that work on a token
 * @property {number} tokens
 * @property {number} flopsPerSecond of one machine, at most
 * @property {number} memoryBytes of one machine
 * @property {number} nMachines
 * @property {number} mfu
 * @property {number} price of an hour of one machine
 */

/** @param {Plan} plan */
export function runOf({
  params,
  activeParams,
  tokens,
  flopsPerSecond,
  memoryBytes,
  nMachines,
  mfu,
  price,
}) {
  const flops = 6 * activeParams * tokens;
  const rate = nMachines * flopsPerSecond * mfu;
  const seconds = flops / rate;
  const machineHours = (nMachines * seconds) / HOUR;
  const bytes = BYTES * params; // with an equal part on each machine: ZeRO, stage 3
  const bytesEach = bytes / nMachines;
  return {
    flops,
    rate,
    seconds,
    machineHours,
    cost: machineHours * price,
    tokensPerParam: tokens / activeParams,
    bytes,
    bytesEach,
    fits: bytesEach <= memoryBytes,
    leastMachines: Math.ceil(bytes / memoryBytes),
  };
}

/** @typedef {ReturnType<typeof runOf>} Run */
