// The configuration of a Transformer, equal to `cs336_core.model.config`: defaults, derived fields and
// contradictions.

/**
 * @typedef {{ n_experts: number, n_active: number, d_ff: number, n_shared?: number,
 *   n_dense_layers?: number, dense_layers?: number[], shared_d_ff?: number | null, shared_gate?: boolean,
 *   balancing_bias?: boolean, router_bias?: boolean, scores?: string, normalized?: boolean,
 *   scale?: number, n_groups?: number, n_active_groups?: number }} GivenExperts
 * @typedef {{ kv_rank: number, q_rank?: number | null, nope_head_dim: number, rope_head_dim: number,
 *   v_head_dim: number }} Latent
 * @typedef {{ embedding?: number, scores_cap?: number | null, residual?: number, logits?: number,
 *   logits_cap?: number | null }} Scales
 * @typedef {"full" | "window" | "chunk"} LayerType
 */

/**
 * The fields of Python's `ModelConfig` that change a count, most of them optional.
 * @typedef {{ vocab_size: number, context_length: number, n_layers: number, d_model: number,
 *   n_heads: number, n_kv_heads?: number | null, d_head?: number | null, d_ff?: number | null,
 *   activation?: string, norm?: string, norm_placement?: string, norm_gain?: string,
 *   qk_norm?: string | null, embedding_norm?: boolean, parallel_norms?: number | null,
 *   positions?: string, unused_positions?: number, rotary_fraction?: number, nope_layers?: number[],
 *   bias?: boolean, qkv_bias?: boolean | null, output_bias?: boolean | null, mlp_bias?: boolean | null,
 *   norm_bias?: boolean | null, head_bias?: boolean, tied_embeddings?: boolean,
 *   embedding_width?: number | null, window?: number | null, layer_types?: LayerType[],
 *   attention_sinks?: boolean, experts?: GivenExperts | null, latent?: Latent | null,
 *   scales?: Scales, n_outputs?: number | null }} GivenConfig
 */

/**
 * Experts with defaults filled in; `shared_width`: the hidden width of all shared experts together.
 * @typedef {Required<GivenExperts> & { shared_width: number }} Experts
 */

/**
 * A configuration with defaults filled in, and derived fields.
 * @typedef {Required<Omit<GivenConfig, "n_kv_heads" | "d_head" | "d_ff" | "qkv_bias" | "output_bias" | "mlp_bias" | "norm_bias" | "experts" | "latent">> & {
 *   n_kv_heads: number, d_head: number, d_ff: number, qkv_bias: boolean, output_bias: boolean,
 *   mlp_bias: boolean, norm_bias: boolean, gated: boolean, rotary_dim: number,
 *   experts: Experts | undefined, latent: Latent | undefined }} Config
 */

const GATED = ["reglu", "swiglu", "geglu", "geglu_tanh"];

/** @param {GivenConfig} given @returns {Config} */
export function complete(given) {
  const {
    activation = "swiglu",
    bias = false,
    rotary_fraction = 1,
    d_model,
    n_heads,
    experts,
    latent,
  } = given;
  const d_head = given.d_head ?? Math.floor(d_model / n_heads);
  const { norm = "rmsnorm", norm_gain = "weight" } = given;
  const has_norm_bias = norm === "layernorm" && norm_gain !== "none";
  return {
    norm_placement: "pre",
    qk_norm: null,
    embedding_norm: false,
    parallel_norms: null,
    positions: "rotary",
    unused_positions: 0,
    nope_layers: [],
    head_bias: false,
    tied_embeddings: false,
    embedding_width: null,
    window: null,
    layer_types: [],
    attention_sinks: false,
    scales: {},
    n_outputs: null,
    ...given,
    norm,
    norm_gain,
    activation,
    bias,
    rotary_fraction,
    n_kv_heads: given.n_kv_heads ?? n_heads,
    d_head,
    d_ff: given.d_ff ?? 4 * d_model,
    qkv_bias: given.qkv_bias ?? bias,
    output_bias: given.output_bias ?? bias,
    mlp_bias: given.mlp_bias ?? bias,
    norm_bias: has_norm_bias && (given.norm_bias ?? bias),
    gated: GATED.includes(activation),
    rotary_dim: latent ? latent.rope_head_dim : Math.floor(d_head * rotary_fraction),
    experts: experts ? completeExperts(experts) : undefined,
    latent: latent ?? undefined,
  };
}

/** @param {GivenExperts} given @returns {Experts} */
function completeExperts(given) {
  const { n_shared = 0, d_ff } = given;
  return {
    n_dense_layers: 0,
    dense_layers: [],
    shared_d_ff: null,
    shared_gate: false,
    balancing_bias: false,
    router_bias: false,
    scores: "softmax",
    normalized: true,
    scale: 1,
    n_groups: 1,
    n_active_groups: 1,
    ...given,
    n_shared,
    shared_width: given.shared_d_ff ?? n_shared * d_ff,
  };
}

/** How many layers have each type of attention. @param {Config} config @returns {[LayerType, number][]} */
export function layersByType({ layer_types, window, n_layers }) {
  /** @type {LayerType[]} */
  const pattern = layer_types.length > 0 ? layer_types : [window ? "window" : "full"];
  /** @type {Map<LayerType, number>} */
  const counts = new Map();
  const repeats = Math.floor(n_layers / pattern.length);
  pattern.forEach((kind, i) => {
    const n = repeats + Number(i < n_layers % pattern.length);
    if (n > 0) counts.set(kind, (counts.get(kind) ?? 0) + n);
  });
  return [...counts];
}

/**
 * Why a configuration is invalid; `undefined` for a valid one.
 * @param {GivenConfig} given
 * @returns {{ why: "heads" | "kv_heads" | "rotary" | "active", values: Record<string, number> } | undefined}
 */
export function problemOf(given) {
  const { d_model, n_heads, n_kv_heads, d_head, rotary_dim, positions, experts } = complete(given);
  if (!given.d_head && d_model % n_heads) return { why: "heads", values: { d_model, n_heads } };
  if (n_heads % n_kv_heads) return { why: "kv_heads", values: { n_heads, n_kv_heads } };
  if (positions === "rotary" && rotary_dim % 2)
    return { why: "rotary", values: { d_head, rotary_dim } };
  if (experts && experts.n_active > experts.n_experts)
    return { why: "active", values: { n_active: experts.n_active, n_experts: experts.n_experts } };
  return undefined;
}
