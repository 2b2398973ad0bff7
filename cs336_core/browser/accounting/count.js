// The FLOPs of a Transformer, operation by operation, exactly as `cs336_core.accounting.flops` counts
// them.

import { complete } from "./config.js";
import { forwardOperations } from "./forward.js";
import { GROUPS, macsOf, passOf } from "./operations.js";

/** @typedef {import("./operations.js").Group} Group */
/** @typedef {import("./operations.js").Side} Side */

/**
 * The cost of one operation. `factors`: symbol and size of each dimension of its matrix
 * multiplication; `times`: FLOPs per element of their product; `bytes`: moved between main memory and
 * the compute units.
 * @typedef {{ group: Group, operation: string, factors: readonly Side[], times: number, flops: bigint,
 *   params: bigint, bytes: bigint }} Row
 */

/**
 * The fields of Python's `Conventions`, with the same defaults.
 * @typedef {{ unit?: "FLOP" | "MAC", pairs?: "all" | "attended", head?: boolean, logits?: "all" | "last",
 *   work?: "forward" | "backward" | "training", recompute?: "none" | "selective" | "full",
 *   elementwise?: boolean, fused_attention?: boolean }} Conventions
 */

const PASSES = { forward: 1, backward: 2, training: 3 };

/**
 * Counts the FLOPs of `batch` sequences of `seqLen` new tokens, after `cached` tokens each.
 * @param {import("./config.js").GivenConfig} given a valid configuration
 * @param {number} batch
 * @param {number} seqLen
 * @param {Conventions} [conventions]
 * @param {{ cached?: number, bytesPerValue?: number }} [size]
 * @returns {Row[]}
 */
export function countFlops(
  given,
  batch,
  seqLen,
  conventions = {},
  { cached = 0, bytesPerValue = 2 } = {},
) {
  const {
    unit = "FLOP",
    pairs = "all",
    head = true,
    logits = "all",
    work = "forward",
    recompute = "none",
    elementwise: countElementwise = false,
    fused_attention: fusedAttention = true,
  } = conventions;
  const step = passOf(complete(given), {
    batch,
    seqLen,
    cached,
    pairs,
    fusedAttention,
    head,
    logits,
  });
  const perMac = unit === "FLOP" ? 2 : 1;
  return forwardOperations(step, countElementwise).map((operation) => {
    const { group, name, factors, params, elementwise, weightsRead, moved, inLayers } = operation;
    const isRecomputed =
      inLayers && (recompute === "full" || (recompute === "selective" && group === "scores"));
    const passes = PASSES[work] + Number(isRecomputed);
    return {
      group,
      operation: name,
      factors,
      times: passes * perMac,
      flops: BigInt(passes) * (BigInt(perMac) * macsOf(operation) + elementwise),
      params,
      bytes: BigInt(passes * bytesPerValue) * (weightsRead + moved),
    };
  });
}

/**
 * The FLOPs or parameters of each group, and their total.
 * @param {readonly Row[]} rows
 * @param {"flops" | "params"} [what]
 */
export function byGroup(rows, what = "flops") {
  const sums = /** @type {Record<Group | "all", bigint>} */ (
    Object.fromEntries([...GROUPS, "all"].map((group) => [group, 0n]))
  );
  for (const row of rows) {
    sums[row.group] += row[what];
    sums.all += row[what];
  }
  return sums;
}

/**
 * `some` / `all` as a floating-point number.
 * @param {bigint} some
 * @param {bigint} all
 */
export function fractionOf(some, all) {
  return all === 0n ? 0 : Number(some) / Number(all);
}
