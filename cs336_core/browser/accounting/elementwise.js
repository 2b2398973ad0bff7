// Operations on single numbers, which papers leave out, counted as `cs336_core.accounting.elementwise`
// counts them and says why.

import { headWidths } from "./attention.js";
import { layerKinds } from "./feed_forward.js";
import { operation, product } from "./operations.js";

/** @typedef {import("./operations.js").Operation} Operation */
/** @typedef {import("./operations.js").Pass} Pass */

/** For each number of the hidden layer. @type {Record<string, number>} */
const ACTIVATIONS = {
  relu: 1,
  gelu: 5,
  gelu_tanh: 9,
  silu: 4,
  swiglu: 5,
  geglu: 6,
  geglu_tanh: 10,
};
/** For each number that is rotated. */
const ROTATION = 3;

/** The norm of one vector. @param {string} kind @param {number} d @param {boolean} bias */
export function norm(kind, d, bias) {
  return kind === "layernorm" ? 6 * d + 2 + (bias ? d : 0) : 4 * d + 2;
}

/** Scale and softmax of rows that hold `nPairs` scores together. @param {bigint} nPairs @param {bigint} nRows */
const softmax = (nPairs, nRows) => 6n * nPairs - 2n * nRows;

/** All that have no parameters; norms are told with theirs. @param {Pass} step @returns {Operation[]} */
export function elementwise(step) {
  const { config, tokens, batch, seqLen, nPairs, fusedAttention } = step;
  const { n_layers: layers, n_heads, d_model } = config;
  const found = [];
  if (config.positions === "rotary") {
    const rotated = product(
      layers,
      tokens,
      n_heads + (config.latent ? 1 : config.n_kv_heads),
      config.rotary_dim,
    );
    found.push(
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
  found.push(
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
    found.push(
      operation({
        group: "other",
        component: "attention",
        name: "biases",
        elementwise: added,
        moved: 2n * added,
      }),
    );
  return found;
}

/** Activations of MLPs and experts, and the weighing of what the chosen experts make. @param {Pass} step */
function hidden({ config, tokens }) {
  const { experts, d_model } = config;
  const { dense, mixed } = layerKinds(config);
  const numbers =
    product(dense, tokens, config.d_ff) +
    (experts ? product(mixed, tokens, experts.n_active + experts.n_shared, experts.d_ff) : 0n);
  const found = [
    operation({
      group: "mlp",
      component: "mlp",
      name: "activation",
      elementwise: product(ACTIVATIONS[config.activation] ?? 0, numbers),
      moved: product(config.gated ? 3 : 2, numbers),
    }),
  ];
  if (!experts || !mixed) return found;
  const chosen = experts.n_active;
  const summed = chosen - 1 + (experts.n_shared ? 1 : 0);
  const each =
    product(experts.balancing_bias, experts.n_experts) +
    softmax(BigInt(chosen), 1n) -
    BigInt(chosen) +
    product(chosen + summed, d_model);
  found.push(
    operation({
      group: "mlp",
      component: "experts",
      name: "expert weighing",
      elementwise: product(mixed, tokens, each),
      moved: product(mixed, tokens, 2 * chosen + 1, d_model),
    }),
  );
  return found;
}

/** Additions of biases; a norm's is counted with the norm. @param {Pass} step */
function biases({ config, tokens }) {
  const { latent, experts, bias, d_model, n_layers, n_heads } = config;
  let each = 0n;
  if (!latent) {
    const qkv = product(n_heads + 2 * config.n_kv_heads, config.d_head);
    each += BigInt(n_layers) * (product(config.qkv_bias, qkv) + product(bias, d_model));
  } else if (bias) {
    const queries = product(n_heads, headWidths(config)[0] ?? 0) + BigInt(latent.q_rank ?? 0);
    each += BigInt(n_layers) * (queries + BigInt(latent.kv_rank + latent.rope_head_dim + d_model));
  }
  if (!bias) return BigInt(tokens) * each;
  const into = config.gated ? 2 : 1;
  const { dense, mixed } = layerKinds(config);
  each += BigInt(dense) * (product(into, config.d_ff) + BigInt(d_model));
  if (experts) {
    each += product(mixed, experts.n_active, product(into, experts.d_ff) + BigInt(d_model));
    if (experts.n_shared)
      each += BigInt(mixed) * (product(into, experts.n_shared, experts.d_ff) + BigInt(d_model));
  }
  return tokens * each;
}
