// The arithmetic of a training run, equal to Python's (cs336_core.accounting).

/** Chinchilla's tokens per parameter, about. */
export const CHINCHILLA = 20;

/** Bytes that training with Adam in mixed precision stores per parameter. @type {[part: string, bytes: number][]} */
export const STORED = [
  ["weights", 2],
  ["gradients", 2],
  ["master", 4],
  ["averages", 8],
];
export const BYTES = STORED.reduce((sum, [, bytes]) => sum + bytes, 0);
const HOUR = 3600;

/**
 * @typedef {object} Plan
 * @property {number} params all parameters, which memory has to hold
 * @property {number} activeParams the parameters used per token
 * @property {number} tokens
 * @property {number} flopsPerSecond the peak of one machine
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
    minMachines: Math.ceil(bytes / memoryBytes),
  };
}

/** @typedef {ReturnType<typeof runOf>} Run */

/**
 * A training run as its authors report it, on one kind of machine with a peak in one precision.
 * @typedef {{ tokens: number, machine_hours: number, machine: string, precision: string,
 *   flops_per_second: number, source: string }} Reported
 */

/**
 * The formula beside a reported run: the MFU that gives the reported hours, and the hours that the
 * reader's MFU gives for the same tokens.
 * @param {Reported} reported
 * @param {number} activeParams
 * @param {number} mfu
 */
export function comparedWith({ tokens, machine_hours, flops_per_second }, activeParams, mfu) {
  const atPeak = (6 * activeParams * tokens) / flops_per_second / HOUR;
  return { impliedMfu: atPeak / machine_hours, hours: atPeak / mfu };
}
