// The configuration of a Transformer, equal to `cs336_core.model.config`: defaults, derived fields and
// contradictions.

/**
 * @typedef {{ n_experts: number, n_active: number, d_ff: number, n_shared?: number,
 *   n_dense_layers?: number, balancing_bias?: boolean }} GivenExperts
 * @typedef {{ kv_rank: number, q_rank?: number | null, nope_head_dim: number, rope_head_dim: number,
 *   v_head_dim: number }} Latent
 */

/**
 * The fields of Python's `ModelConfig`, most of them optional.
 * @typedef {{ vocab_size: number, context_length: number, n_layers: number, d_model: number,
 *   n_heads: number, n_kv_heads?: number | null, d_head?: number | null, d_ff?: number | null,
 *   activation?: string, norm?: string, norm_placement?: string, positions?: string,
 *   rotary_fraction?: number, bias?: boolean, qkv_bias?: boolean | null, tied_embeddings?: boolean,
 *   window?: number | null, experts?: GivenExperts | null, latent?: Latent | null,
 *   n_outputs?: number | null }} GivenConfig
 */

/**
 * A configuration with defaults filled in, and derived fields.
 * @typedef {Required<Omit<GivenConfig, "n_kv_heads" | "d_head" | "d_ff" | "qkv_bias" | "experts" | "latent">> & {
 *   n_kv_heads: number, d_head: number, d_ff: number, qkv_bias: boolean, gated: boolean,
 *   rotary_dim: number, experts: Required<GivenExperts> | undefined, latent: Latent | undefined }} Config
 */

const GATED = ["swiglu", "geglu", "geglu_tanh"];

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
  return {
    norm: "rmsnorm",
    norm_placement: "pre",
    positions: "rotary",
    tied_embeddings: false,
    window: null,
    n_outputs: null,
    ...given,
    activation,
    bias,
    rotary_fraction,
    n_kv_heads: given.n_kv_heads ?? n_heads,
    d_head,
    d_ff: given.d_ff ?? 4 * d_model,
    qkv_bias: given.qkv_bias ?? bias,
    gated: GATED.includes(activation),
    rotary_dim: latent ? latent.rope_head_dim : Math.floor(d_head * rotary_fraction),
    experts: experts
      ? { n_shared: 0, n_dense_layers: 0, balancing_bias: false, ...experts }
      : undefined,
    latent: latent ?? undefined,
  };
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
