// The matrix products of the MLP, or of the experts in its place: the twin of
// `cs336_core.accounting.feed_forward`.

import { operation, product } from "./operations.js";

/** @typedef {import("./config.js").Config} Config */
/** @typedef {import("./operations.js").Pass} Pass */
/** @typedef {import("./operations.js").Side} Side */

/** @param {Pass} step */
export function feedForward(step) {
  const { experts, d_ff } = step.config;
  const { dense, mixed } = layerKinds(step.config);
  const found = dense ? mlp(step, "MLP", "mlp", dense, d_ff) : [];
  if (!experts || !mixed) return found;
  const shared = experts.n_shared
    ? mlp(step, "shared expert", "experts", mixed, experts.n_shared * experts.d_ff)
    : [];
  return [...found, router(step, experts, mixed), ...routed(step, experts, mixed), ...shared];
}

/** How many layers have an MLP, and how many have experts. @param {Config} config */
export function layerKinds({ n_layers, experts }) {
  const dense = experts ? Math.min(experts.n_dense_layers, n_layers) : n_layers;
  return { dense, mixed: n_layers - dense };
}

/**
 * The matrices of an MLP, each with its sides.
 * @param {Config} config
 * @param {number} width
 * @returns {[matrix: string, before: Side, after: Side][]}
 */
function matrices({ gated, d_model }, width) {
  /** @type {Side} */
  const stream = ["d", d_model];
  /** @type {Side} */
  const hidden = ["d_ff", width];
  return [
    ...(gated ? ["gate", "up"] : ["up"]).map(
      (name) => /** @type {[string, Side, Side]} */ ([name, stream, hidden]),
    ),
    ["down", hidden, stream],
  ];
}

/**
 * An MLP that every token goes through, in `layers` layers.
 * @param {Pass} step
 * @param {string} whose
 * @param {import("./operations.js").Component} component
 * @param {number} layers
 * @param {number} width
 */
function mlp({ config, tokens }, whose, component, layers, width) {
  return matrices(config, width).map(([matrix, before, after]) => {
    const params = BigInt(layers) * (product(before[1], after[1]) + product(after[1], config.bias));
    return operation({
      group: "mlp",
      component,
      name: `${whose} ${matrix}`,
      factors: [["L", layers], ["B T", Number(tokens)], before, after],
      params,
      weightsRead: params,
      moved: product(layers, tokens, config.d_model + width),
    });
  });
}

/**
 * What scores each expert for every token.
 * @param {Pass} step
 * @param {NonNullable<Config["experts"]>} experts
 * @param {number} layers
 */
function router({ config, tokens }, { n_experts, balancing_bias }, layers) {
  const params =
    BigInt(layers) * (product(config.d_model, n_experts) + product(n_experts, balancing_bias));
  return operation({
    group: "mlp",
    component: "router",
    name: "router",
    factors: [
      ["L", layers],
      ["B T", Number(tokens)],
      ["d", config.d_model],
      ["E", n_experts],
    ],
    params,
    weightsRead: params,
    moved: product(layers, tokens, config.d_model + n_experts),
  });
}

/**
 * Experts, of which a few work on each token. As many are read as can be, one for each choice until
 * all are.
 * @param {Pass} step
 * @param {NonNullable<Config["experts"]>} experts
 * @param {number} layers
 */
function routed({ config, tokens }, { n_experts, n_active, d_ff }, layers) {
  const choices = product(tokens, n_active);
  const busy = choices < n_experts ? choices : BigInt(n_experts);
  return matrices(config, d_ff).map(([matrix, before, after]) => {
    const each = BigInt(layers) * (product(before[1], after[1]) + product(after[1], config.bias));
    return operation({
      group: "mlp",
      component: "experts",
      name: `expert ${matrix}`,
      factors: [["L", layers], ["B T", Number(tokens)], ["E_a", n_active], before, after],
      params: product(n_experts, each),
      idle: product(n_experts - n_active, each),
      weightsRead: busy * each,
      moved: product(layers, tokens, n_active, config.d_model + d_ff),
    });
  });
}
