// The operations of a forward pass, before conventions are applied, equal to
// `cs336_core.accounting.operations`. Counts exceed 2⁵³ and must be exact, so they are BigInts.

/** @typedef {import("./config.js").Config} Config */
/** The part of the model that a cost belongs to. @typedef {"projections" | "scores" | "mlp" | "other" | "head"} Group */
/** @typedef {"embedding" | "positions" | "attention" | "mlp" | "experts" | "router" | "norms" | "head"} Component */
/** A dimension of a matrix multiplication. @typedef {readonly [symbol: string, size: number]} Side */

/** @type {readonly Group[]} */
export const GROUPS = ["projections", "scores", "mlp", "other", "head"];

/**
 * One operation, in all layers and for all sequences. `factors`: the dimensions of its matrix
 * multiplication, empty for other operations; `elementwise`: the number of elementwise operations;
 * `idle`: parameters of experts that a token is not routed to; `weightsRead`: how many parameters are
 * read; `moved`: other numbers read and written; `inLayers`: whether it is part of a layer.
 * @typedef {{ group: Group, component: Component, name: string, factors: readonly Side[],
 *   elementwise: bigint, params: bigint, idle: bigint, weightsRead: bigint, moved: bigint,
 *   inLayers: boolean }} Operation
 */

/**
 * A batch of tokens in one forward pass; `pairs`: which scores are counted; `headFactor`: the tokens
 * whose logits are computed.
 * @typedef {{ config: Config, batch: number, seqLen: number, cached: number,
 *   pairs: "all" | "attended", fusedAttention: boolean, tokens: bigint, keys: number,
 *   pairFactors: readonly Side[], nPairs: bigint, headFactor: Side }} Pass
 */

/** The exact product of integers. @param {...(number | bigint | boolean)} numbers */
export function product(...numbers) {
  let result = 1n;
  for (const number of numbers) result *= BigInt(number);
  return result;
}

/**
 * @param {Config} config
 * @param {{ batch: number, seqLen: number, cached: number, pairs: "all" | "attended", fusedAttention: boolean,
 *   logits?: "all" | "last" }} options
 * @returns {Pass}
 */
export function passOf(config, { batch, seqLen, cached, pairs, fusedAttention, logits = "all" }) {
  const { window } = config;
  const total = cached + seqLen;
  const keys = pairs === "all" || !window ? total : Math.min(total, seqLen + window - 1);
  /** @type {readonly Side[]} */
  const pairFactors =
    pairs === "all"
      ? [
          ["T", seqLen],
          ["S", keys],
        ]
      : [["P", attendedPairs(seqLen, cached, window)]];
  const nPairs = product(...pairFactors.map(([, number]) => number));
  const tokens = product(batch, seqLen);
  /** @type {Side} */
  const headFactor = logits === "all" ? ["B T", Number(tokens)] : ["B", batch];
  return {
    config,
    batch,
    seqLen,
    cached,
    pairs,
    fusedAttention,
    tokens,
    keys,
    pairFactors,
    nPairs,
    headFactor,
  };
}

/**
 * How many pairs of tokens a causal mask leaves, each token with itself included. Exact for
 * sequences of up to 2²⁶ tokens.
 * @param {number} seqLen
 * @param {number} [cached]
 * @param {number | null} [window]
 */
export function attendedPairs(seqLen, cached = 0, window = null) {
  const [first, last] = [cached + 1, cached + seqLen];
  const widest = window ? Math.min(last, window) : last;
  const nUnlimited = Math.max(0, widest - first + 1); // tokens that the window does not limit
  return (nUnlimited * (first + first + nUnlimited - 1)) / 2 + (seqLen - nUnlimited) * widest;
}

/**
 * An operation, with defaults for the fields that are left out.
 * @param {Partial<Operation> & Pick<Operation, "group" | "component" | "name">} given
 * @returns {Operation}
 */
export function operation(given) {
  return {
    factors: [],
    elementwise: 0n,
    params: 0n,
    idle: 0n,
    weightsRead: 0n,
    moved: 0n,
    inLayers: true,
    ...given,
  };
}

/** The number of multiply-adds. @param {Operation} operation */
export function macsOf({ factors }) {
  return factors.length === 0 ? 0n : product(...factors.map(([, number]) => number));
}
