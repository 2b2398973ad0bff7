// What the settings mean: a model with the reader's changes, and how it is counted. The twin of
// `cs336_core.widgets.flops_explorer.settings`.

import { complete } from "../../browser/accounting/config.js";

/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */

/** @typedef {import("#schema/flops_explorer").Traits} Traits */

/** The fields that a reader can change; 0 or "" changes nothing. */
export const CHANGES = /** @type {const} */ ([
  "n_layers",
  "d_model",
  "n_heads",
  "n_kv_heads",
  "d_ff",
  "mlp",
  "vocab_size",
  "n_experts",
  "n_active",
]);
/** @typedef {Pick<Traits, typeof CHANGES[number]>} Changes */

/** @type {Record<Traits["work"], Pick<import("../../browser/accounting/count.js").Conventions, "work" | "recompute">>} */
export const WORK = {
  forward: { work: "forward", recompute: "none" },
  training: { work: "training", recompute: "none" },
  selective: { work: "training", recompute: "selective" },
  full: { work: "training", recompute: "full" },
};

/**
 * A model with a reader's changes. One expert means a plain MLP instead of experts; with several,
 * `d_ff` is the width of an expert.
 * @param {GivenConfig} config
 * @param {Partial<Changes>} changes
 * @returns {GivenConfig}
 */
export function changed(config, changes) {
  const { gated, activation } = complete(config);
  const fields = /** @type {const} */ ([
    "n_layers",
    "d_model",
    "n_heads",
    "n_kv_heads",
    "vocab_size",
  ]);
  const given = Object.fromEntries(
    fields.flatMap((name) => (changes[name] ? [[name, changes[name]]] : [])),
  );
  const kind = changes.mlp || (gated ? "gated" : "plain");
  const sameKind = kind === (gated ? "gated" : "plain");
  const experts = expertsOf(config, changes);
  return {
    ...config,
    ...given,
    activation: sameKind ? activation : kind === "gated" ? "swiglu" : "gelu",
    d_ff: (!experts && changes.d_ff) || (config.d_ff ?? null),
    experts,
  };
}

/** @param {GivenConfig} config @param {Partial<Changes>} changes */
function expertsOf(config, changes) {
  const n_experts = changes.n_experts || (config.experts?.n_experts ?? 1);
  if (n_experts === 1) return null;
  const usual = config.experts ?? {
    n_experts,
    n_active: 2,
    d_ff: config.d_ff ?? 4 * (changes.d_model || config.d_model),
  };
  const isGrouped = n_experts === usual.n_experts;
  return {
    ...usual,
    n_experts,
    ...(isGrouped ? {} : { n_groups: 1, n_active_groups: 1 }),
    n_active: changes.n_active || Math.min(usual.n_active, n_experts),
    d_ff: changes.d_ff || usual.d_ff,
  };
}

/**
 * A model whose learned positions, if it has any, are as many as the tokens.
 * @param {GivenConfig} config
 * @param {number} nTokens
 * @returns {GivenConfig}
 */
export function reaching(config, nTokens) {
  return config.positions === "learned" && config.context_length < nTokens
    ? { ...config, context_length: nTokens }
    : config;
}
