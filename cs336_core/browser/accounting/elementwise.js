// Elementwise operations, which papers leave out, equal to `cs336_core.accounting.elementwise`, which
// explains the numbers.

import { headWidths } from "./attention.js";
import { layerKinds } from "./feed_forward.js";
import { operation, product } from "./operations.js";

/** @typedef {import("./operations.js").Operation} Operation */
/** @typedef {import("./operations.js").Pass} Pass */

/** Operations per element of the hidden layer. @type {Record<string, number>} */
const ACTIVATIONS = {
  relu: 1,
  gelu: 5,
  gelu_tanh: 9,
  silu: 4,
  swiglu: 5,
  geglu: 6,
  geglu_tanh: 10,
};
/** Operations per rotated element. */
const ROTATION = 3;

/** The norm of one vector. @param {string} kind @param {number} d @param {boolean} bias */
export function norm(kind, d, bias) {
  return kind === "layernorm" ? 6 * d + 2 + (bias ? d : 0) : 4 * d + 2;
}

/** Scaling and softmax of `nPairs` scores in `nRows` rows. @param {bigint} nPairs @param {bigint} nRows */
const softmax = (nPairs, nRows) => 6n * nPairs - 2n * nRows;

/** All operations without parameters; norms are counted with theirs. @param {Pass} step @returns {Operation[]} */
export function elementwise(step) {
  const { config, tokens, batch, seqLen, nPairs, fusedAttention } = step;
  const { n_layers: layers, n_heads, d_model } = config;
  const operations = [];
  if (config.positions === "rotary") {
    const rotated = product(
      layers,
      tokens,
      n_heads + (config.latent ? 1 : config.n_kv_heads),
      config.rotary_dim,
    );
    operations.push(
      operation({
        group: "other",
        component: "attention",
        name: "rotary",
        elementwise: product(ROTATION, rotated),
        moved: 2n * rotated,
      }),
    );
  }
  const pairs = product(batch, n_heads, nPairs);
  operations.push(
    operation({
      group: "scores",
      component: "attention",
      name: "softmax",
      elementwise: BigInt(layers) * softmax(pairs, product(batch, n_heads, seqLen)),
      moved: fusedAttention ? 0n : product(2, layers, pairs),
    }),
    ...hidden(step),
    operation({
      group: "other",
      component: "norms",
      name: "residual sums",
      elementwise: product(2, layers, tokens, d_model),
      moved: product(6, layers, tokens, d_model),
    }),
  );
  const added = biases(step);
  if (added)
    operations.push(
      operation({
        group: "other",
        component: "attention",
        name: "biases",
        elementwise: added,
        moved: 2n * added,
      }),
    );
  return operations;
}

/** Activations of MLPs and experts, and the weighted sum over the chosen experts. @param {Pass} step */
function hidden({ config, tokens }) {
  const { experts, d_model } = config;
  const { dense, mixed } = layerKinds(config);
  const numbers =
    product(dense, tokens, config.d_ff) +
    (experts ? product(mixed, tokens, experts.n_active + experts.n_shared, experts.d_ff) : 0n);
  const operations = [
    operation({
      group: "mlp",
      component: "mlp",
      name: "activation",
      elementwise: product(ACTIVATIONS[config.activation] ?? 0, numbers),
      moved: product(config.gated ? 3 : 2, numbers),
    }),
  ];
  if (!experts || !mixed) return operations;
  const chosen = experts.n_active;
  const summed = chosen - 1 + (experts.n_shared ? 1 : 0);
  const perToken =
    product(experts.balancing_bias, experts.n_experts) +
    softmax(BigInt(chosen), 1n) -
    BigInt(chosen) +
    product(chosen + summed, d_model);
  operations.push(
    operation({
      group: "mlp",
      component: "experts",
      name: "expert weighing",
      elementwise: product(mixed, tokens, perToken),
      moved: product(mixed, tokens, 2 * chosen + 1, d_model),
    }),
  );
  return operations;
}

/** Additions of biases, except those of norms. @param {Pass} step */
function biases({ config, tokens }) {
  const { latent, experts, bias, d_model, n_layers, n_heads } = config;
  let perToken = 0n;
  if (!latent) {
    const qkv = product(n_heads + 2 * config.n_kv_heads, config.d_head);
    perToken += BigInt(n_layers) * (product(config.qkv_bias, qkv) + product(bias, d_model));
  } else if (bias) {
    const queries = product(n_heads, headWidths(config)[0] ?? 0) + BigInt(latent.q_rank ?? 0);
    perToken +=
      BigInt(n_layers) * (queries + BigInt(latent.kv_rank + latent.rope_head_dim + d_model));
  }
  if (!bias) return BigInt(tokens) * perToken;
  const into = config.gated ? 2 : 1;
  const { dense, mixed } = layerKinds(config);
  perToken += BigInt(dense) * (product(into, config.d_ff) + BigInt(d_model));
  if (experts) {
    perToken += product(mixed, experts.n_active, product(into, experts.d_ff) + BigInt(d_model));
    if (experts.n_shared)
      perToken += BigInt(mixed) * (product(into, experts.n_shared, experts.d_ff) + BigInt(d_model));
  }
  return tokens * perToken;
}
