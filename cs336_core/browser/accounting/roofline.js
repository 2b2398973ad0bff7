// The roofline model, equal to `cs336_core.accounting.roofline`.

/**
 * @typedef {{ key: string, name: string, flops_per_second: Record<string, number>,
 *   bytes_per_second: number, memory_bytes: number }} Machine
 */

/**
 * The minimum time of an operation, and what it is bound by.
 * @typedef {object} Bound
 * @property {number} computing compute time in seconds
 * @property {number} moving memory time in seconds
 * @property {number} seconds the longer of the two, summed over all operations
 * @property {"compute" | "memory"} bound which of the two takes longer
 * @property {number} waiting seconds of memory-bound operations
 * @property {number} intensity arithmetic intensity, FLOPs per byte
 * @property {number} attainable FLOP/s at this intensity
 */

/** FLOPs that a machine computes in the time that it reads one byte. @param {Machine} machine @param {string} precision */
export function ridgeOf(machine, precision) {
  return (machine.flops_per_second[precision] ?? 0) / machine.bytes_per_second;
}

/**
 * @param {number} flops
 * @param {number} bytes
 * @param {Machine} machine
 * @param {string} precision
 * @returns {Bound}
 */
export function boundOf(flops, bytes, machine, precision) {
  const peak = machine.flops_per_second[precision] ?? 0;
  const computing = flops / peak;
  const moving = bytes / machine.bytes_per_second;
  const intensity = flops / bytes;
  const bound = computing >= moving ? "compute" : "memory";
  return {
    computing,
    moving,
    seconds: Math.max(computing, moving),
    bound,
    waiting: bound === "memory" ? moving : 0,
    intensity,
    attainable: Math.min(peak, intensity * machine.bytes_per_second),
  };
}

/**
 * Operations that run one after another: while one of them waits for memory, the next one cannot
 * compute yet.
 * @param {readonly (Bound & { flops: number, bytes: number })[]} parts
 */
export function inSequence(parts) {
  const sum = (
    /** @type {"flops" | "bytes" | "computing" | "moving" | "seconds" | "waiting"} */ name,
  ) => parts.reduce((total, part) => total + part[name], 0);
  const [flops, bytes, seconds, waiting] = [
    sum("flops"),
    sum("bytes"),
    sum("seconds"),
    sum("waiting"),
  ];
  /** @type {"compute" | "memory"} */
  const bound = seconds - waiting >= waiting ? "compute" : "memory";
  return {
    flops,
    bytes,
    computing: sum("computing"),
    moving: sum("moving"),
    seconds,
    bound,
    waiting,
    intensity: flops / bytes,
    attainable: flops / seconds,
  };
}
