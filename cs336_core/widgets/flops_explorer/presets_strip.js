// The MLP's part of the FLOPs of every published model at 2,048 tokens, counted as in the post of 2022:
// training with all layers recomputed, all pairs, with the LM head.

import { complete } from "../../browser/accounting/config.js";
import { countFlops } from "../../browser/accounting/count.js";
import { countParameters } from "../../browser/accounting/parameters.js";
import { fractionsOf } from "./curves.js";
import { PRESETS } from "./presets.js";
import { reaching } from "./settings.js";

export const TOKENS = 2048;

/** Two matrices and heads of their own; a gate as well; a gate and shared or latent keys and values. */
export const KINDS = /** @type {const} */ (["plain", "gated", "shared"]);

/** @typedef {{ name: string, title: string, mlp: number }} Member */
/**
 * The models of a kind by the MLP's part; `largest`: the one with the most parameters, without experts.
 * @typedef {{ kind: typeof KINDS[number], members: Member[], largest: Member }} Kind
 */

/** @param {import("../../browser/accounting/config.js").GivenConfig} given */
function kindOf(given) {
  const { gated, latent, n_heads, n_kv_heads } = complete(given);
  if (!gated) return "plain";
  return latent || n_kv_heads < n_heads ? "shared" : "gated";
}

/** @returns {Kind[]} */
export function presetKinds() {
  const counted = [...PRESETS].map(([name, { title, config }]) => {
    const rows = countFlops(reaching(config, TOKENS), 1, TOKENS, {
      work: "training",
      recompute: "full",
    });
    const params = config.experts ? 0n : countParameters(config).total;
    return { name, title, kind: kindOf(config), mlp: fractionsOf(rows).mlp, params };
  });
  return KINDS.flatMap((kind) => {
    const members = counted.filter((model) => model.kind === kind);
    members.sort((a, b) => a.mlp - b.mlp);
    const [first, ...others] = members;
    if (!first) return [];
    const largest = others.reduce((best, each) => (each.params > best.params ? each : best), first);
    return [{ kind, members, largest }];
  });
}
