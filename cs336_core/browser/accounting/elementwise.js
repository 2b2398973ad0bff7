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
  relu_squared: 2,
  gelu: 5,
  gelu_tanh: 9,
  quick_gelu: 5,
  silu: 4,
  reglu: 2,
  swiglu: 5,
  geglu: 6,
  geglu_tanh: 10,
};
/** Operations per rotated element. */
const ROTATION = 3;
const SIGMOID = 3;
/** Operations per value that is limited by a tanh. */
const CAP = 3;

/** The norm of one vector. @param {string} kind @param {number} d @param {boolean} bias @param {boolean} gain */
export function norm(kind, d, bias, gain) {
  const rms = (gain ? 4 : 3) * d + 2;
  return kind === "layernorm" ? rms + 2 * d + (bias ? d : 0) : rms;
}

/** Scaling and softmax of `nPairs` scores in `nRows` rows. @param {bigint} nPairs @param {bigint} nRows */
const softmax = (nPairs, nRows) => 6n * nPairs - 2n * nRows;

/** All operations without parameters; norms are counted with theirs. @param {Pass} step @returns {Operation[]} */
export function elementwise(step) {
  const { config, tokens } = step;
  const { n_layers: layers, n_heads, d_model } = config;
  const operations = [];
  if (config.positions === "rotary") {
    const still = new Set(config.nope_layers.filter((layer) => layer < layers)).size;
    const rotated = product(
      layers - still,
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
  operations.push(
    ...scores(step),
    ...hidden(step),
    ...scales(step),
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

/** The softmax over the scores, and what happens to them before it. @param {Pass} step */
function scores({ config, batch, seqLen, kinds, fusedAttention }) {
  const heads = config.n_heads;
  const rows = product(config.n_layers, batch, heads, seqLen);
  const pairs = kinds.reduce(
    (all, { layers, nPairs }) => all + product(layers, batch, heads, nPairs),
    0n,
  );
  const moved = fusedAttention ? 0n : 2n * pairs;
  const sinks = config.attention_sinks ? 4n * rows : 0n;
  const all = [
    { name: "softmax", elementwise: softmax(pairs, rows) + sinks },
    { name: "cap of scores", elementwise: config.scales.scores_cap ? BigInt(CAP) * pairs : 0n },
    { name: "distances", elementwise: config.positions === "alibi" ? pairs : 0n },
  ];
  return all
    .filter(({ name, elementwise: n }) => name === "softmax" || n > 0n)
    .map((each) => operation({ group: "scores", component: "attention", moved, ...each }));
}

/** Factors and caps of embeddings, sublayers and logits. @param {Pass} step */
function scales({ config, tokens, hasHead, headFactor }) {
  const { embedding = 1, residual = 1, logits = 1, logits_cap = null } = config.scales;
  const stream = product(tokens, config.d_model);
  const outputs = product(hasHead, headFactor[1], config.n_outputs ?? config.vocab_size);
  const times = Number(logits !== 1) + (logits_cap ? CAP : 0);
  /** @type {[import("./operations.js").Group, string, number, bigint][]} */
  const kinds = [
    ["other", "embedding scale", Number(embedding !== 1), stream],
    ["other", "residual scale", Number(residual !== 1), product(2, config.n_layers) * stream],
    ["head", "logit scale", times, outputs],
  ];
  return kinds
    .filter(([, , factor, numbers]) => factor && numbers)
    .map(([group, name, factor, numbers]) =>
      operation({
        group,
        component: group === "head" ? "head" : "embedding",
        name,
        elementwise: BigInt(factor) * numbers,
        moved: 2n * numbers,
        inLayers: name === "residual scale",
      }),
    );
}

/** Activations of MLPs and experts, and the weighted sum over the chosen experts. @param {Pass} step */
function hidden({ config, tokens }) {
  const { experts, d_model } = config;
  const { dense, mixed } = layerKinds(config);
  const numbers =
    product(dense, tokens, config.d_ff) +
    (experts
      ? product(
          mixed,
          tokens,
          experts.n_active * experts.d_ff + (experts.n_shared ? experts.shared_width : 0),
        )
      : 0n);
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
    routing(experts) +
    product(chosen + summed, d_model) +
    (experts.shared_gate ? BigInt(SIGMOID + d_model) : 0n);
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

/** What turns the outputs of the router into weights, for one token. @param {import("./config.js").Experts} experts */
function routing(experts) {
  const { n_experts: n, n_active: chosen, n_groups, balancing_bias } = experts;
  let counted = product(n, balancing_bias);
  if (balancing_bias && n_groups > 1) counted += BigInt(n_groups);
  if (experts.scores === "softmax") {
    const over = BigInt(experts.normalized ? chosen : n);
    counted += softmax(over, 1n) - over;
  } else counted += product(SIGMOID, n) + (experts.normalized ? BigInt(2 * chosen - 1) : 0n);
  return counted + (experts.scale === 1 ? 0n : BigInt(chosen));
}

/** Additions of biases, except those of norms. @param {Pass} step */
function biases({ config, tokens, hasHead, headFactor }) {
  const { latent, experts, qkv_bias, output_bias, mlp_bias, d_model, n_layers, n_heads } = config;
  const qkv = latent
    ? product(n_heads, headWidths(config)[0] ?? 0) +
      BigInt((latent.q_rank ?? 0) + latent.kv_rank + latent.rope_head_dim)
    : product(n_heads + 2 * config.n_kv_heads, config.d_head);
  const isBiased = hasHead && config.head_bias && config.n_outputs === null;
  const head = isBiased ? product(headFactor[1], config.vocab_size) : 0n;
  let perToken = BigInt(n_layers) * (product(qkv_bias, qkv) + product(output_bias, d_model));
  const { dense, mixed } = layerKinds(config);
  if (experts?.router_bias) perToken += product(mixed, experts.n_experts);
  if (!mlp_bias) return tokens * perToken + head;
  const into = config.gated ? 2 : 1;
  perToken += BigInt(dense) * (product(into, config.d_ff) + BigInt(d_model));
  if (experts) {
    perToken += product(mixed, experts.n_active, product(into, experts.d_ff) + BigInt(d_model));
    if (experts.n_shared)
      perToken += BigInt(mixed) * (product(into, experts.shared_width) + BigInt(d_model));
  }
  return tokens * perToken + head;
}
