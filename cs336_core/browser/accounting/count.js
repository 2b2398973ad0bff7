// FLOPs of a Transformer, operation by operation, by stated conventions: the twin of
// `cs336_core.accounting.flops`, to the last FLOP.

import { complete } from "./config.js";
import { forwardOperations } from "./forward.js";
import { GROUPS, macsOf, passOf } from "./operations.js";

/** @typedef {import("./operations.js").Group} Group */
/** @typedef {import("./operations.js").Side} Side */

/**
 * What one operation costs. `factors`: the sides of its matrix product in letters and numbers;
 * `times`: what their product is multiplied by; `bytes`: moved between the large memory and where it
 * is computed.
 * @typedef {{ group: Group, operation: string, factors: readonly Side[], times: number, flops: bigint,
 *   params: bigint, bytes: bigint }} Row
 */

/**
 * How to count: the fields of Python's `Conventions`, with the same defaults.
 * @typedef {{ unit?: "FLOP" | "MAC", pairs?: "all" | "attended", head?: boolean, logits?: "all" | "last",
 *   work?: "forward" | "backward" | "training", recompute?: "none" | "selective" | "full",
 *   elementwise?: boolean, fused_attention?: boolean }} Conventions
 */

const PASSES = { forward: 1, backward: 2, training: 3 };

/**
 * Counts what `batch` sequences of `seqLen` new tokens cost, after `cached` tokens each.
 * @param {import("./config.js").GivenConfig} given a model that can be
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
    elementwise = false,
    fused_attention: fusedAttention = true,
  } = conventions;
  const step = passOf(complete(given), { batch, seqLen, cached, pairs, fusedAttention, logits });
  const perMac = unit === "FLOP" ? 2 : 1;
  return forwardOperations(step, elementwise)
    .filter(({ group }) => head || group !== "head")
    .map((each) => {
      const again =
        each.inLayers &&
        (recompute === "full" || (recompute === "selective" && each.group === "scores"));
      const passes = PASSES[work] + Number(again);
      return {
        group: each.group,
        operation: each.name,
        factors: each.factors,
        times: passes * perMac,
        flops: BigInt(passes) * (BigInt(perMac) * macsOf(each) + each.elementwise),
        params: each.params,
        bytes: BigInt(passes * bytesPerValue) * (each.weightsRead + each.moved),
      };
    });
}

/**
 * The FLOPs, or the parameters, of each group and of all.
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
 * The part that `some` is of `all`, to the last digit that a number holds.
 * @param {bigint} some
 * @param {bigint} all
 */
export function shareOf(some, all) {
  return all === 0n ? 0 : Number(some) / Number(all);
}
