// The matrix multiplications of the MLP, or of the experts that replace it, equal to
// `cs336_core.accounting.feed_forward`.

import { operation, product } from "./operations.js";

/** @typedef {import("./config.js").Config} Config */
/** @typedef {import("./operations.js").Pass} Pass */
/** @typedef {import("./operations.js").Side} Side */

/** @param {Pass} step */
export function feedForward(step) {
  const { experts, d_ff } = step.config;
  const { dense, mixed } = layerKinds(step.config);
  const denseMlp = dense ? mlp(step, "MLP", "mlp", dense, d_ff) : [];
  if (!experts || !mixed) return denseMlp;
  const shared = experts.n_shared
    ? mlp(step, "shared expert", "experts", mixed, experts.shared_width)
    : [];
  return [
    ...denseMlp,
    router(step, experts, mixed),
    ...routed(step, experts, mixed),
    ...shared,
    ...(experts.shared_gate ? [sharedGate(step, mixed)] : []),
  ];
}

/** How many layers have an MLP, and how many have experts. @param {Config} config */
export function layerKinds({ n_layers, experts }) {
  if (!experts) return { dense: n_layers, mixed: 0 };
  const first = Math.min(experts.n_dense_layers, n_layers);
  const further = experts.dense_layers.filter((layer) => first <= layer && layer < n_layers);
  const dense = first + new Set(further).size;
  return { dense, mixed: n_layers - dense };
}

/**
 * The matrices of an MLP, each with its dimensions.
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
 * An MLP that processes every token, in `layers` layers.
 * @param {Pass} step
 * @param {string} owner
 * @param {import("./operations.js").Component} component
 * @param {number} layers
 * @param {number} width
 */
function mlp({ config, tokens }, owner, component, layers, width) {
  return matrices(config, width).map(([matrix, before, after]) => {
    const params =
      BigInt(layers) * (product(before[1], after[1]) + product(after[1], config.mlp_bias));
    return operation({
      group: "mlp",
      component,
      name: `${owner} ${matrix}`,
      factors: [["L", layers], ["B T", Number(tokens)], before, after],
      params,
      weightsRead: params,
      moved: product(layers, tokens, config.d_model + width),
    });
  });
}

/**
 * The router, which computes a score per expert for every token.
 * @param {Pass} step
 * @param {NonNullable<Config["experts"]>} experts
 * @param {number} layers
 */
function router({ config, tokens }, { n_experts, balancing_bias, router_bias }, layers) {
  const params =
    BigInt(layers) *
    (product(config.d_model, n_experts) +
      product(n_experts, Number(balancing_bias) + Number(router_bias)));
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

/** The matrix that computes the weight of the shared experts' output. @param {Pass} step @param {number} layers */
function sharedGate({ config, tokens }, layers) {
  const params = product(layers, config.d_model);
  return operation({
    group: "mlp",
    component: "experts",
    name: "shared expert weight",
    factors: [
      ["L", layers],
      ["B T", Number(tokens)],
      ["d", config.d_model],
    ],
    params,
    weightsRead: params,
    moved: product(layers, tokens, config.d_model + 1),
  });
}

/**
 * Experts, a few of which process each token. The maximum is assumed to be read: a different expert
 * for each assignment until all are.
 * @param {Pass} step
 * @param {NonNullable<Config["experts"]>} experts
 * @param {number} layers
 */
function routed({ config, tokens }, { n_experts, n_active, d_ff }, layers) {
  const assignments = product(tokens, n_active);
  const nRead = assignments < n_experts ? assignments : BigInt(n_experts);
  return matrices(config, d_ff).map(([matrix, before, after]) => {
    const params =
      BigInt(layers) * (product(before[1], after[1]) + product(after[1], config.mlp_bias));
    return operation({
      group: "mlp",
      component: "experts",
      name: `expert ${matrix}`,
      factors: [["L", layers], ["B T", Number(tokens)], ["E_a", n_active], before, after],
      params: product(n_experts, params),
      idle: product(n_experts - n_active, params),
      weightsRead: nRead * params,
      moved: product(layers, tokens, n_active, config.d_model + d_ff),
    });
  });
}
