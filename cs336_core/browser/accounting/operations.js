// What a forward pass does, operation by operation, before any convention is applied: the twin of
// `cs336_core.accounting.operations`. Counts pass 2⁵³ and have to be exact: they are BigInts.

/** @typedef {import("./config.js").Config} Config */
/** The part of the model that a cost belongs to. @typedef {"projections" | "scores" | "mlp" | "other" | "head"} Group */
/** @typedef {"embedding" | "positions" | "attention" | "mlp" | "experts" | "router" | "norms" | "head"} Component */
/** A side of a matrix product. @typedef {readonly [letter: string, number: number]} Side */

/** @type {readonly Group[]} */
export const GROUPS = ["projections", "scores", "mlp", "other", "head"];

/**
 * One operation of all layers and sequences together. `factors`: the sides of its matrix product,
 * none where no matrices are multiplied; `elementwise`: operations on single numbers; `idle`:
 * parameters of experts that do not work on a token; `weightsRead`: how many parameters are read;
 * `moved`: numbers read and written beside them; `inLayers`: whether it is part of a layer.
 * @typedef {{ group: Group, component: Component, name: string, factors: readonly Side[],
 *   elementwise: bigint, params: bigint, idle: bigint, weightsRead: bigint, moved: bigint,
 *   inLayers: boolean }} Operation
 */

/**
 * Tokens that go through a model together; `pairs`: of which tokens scores are counted;
 * `headFactor`: the tokens at which the head works.
 * @typedef {{ config: Config, batch: number, seqLen: number, cached: number,
 *   pairs: "all" | "attended", fusedAttention: boolean, tokens: bigint, keys: number,
 *   pairFactors: readonly Side[], nPairs: bigint, headFactor: Side }} Pass
 */

/** The exact product of whole numbers. @param {...(number | bigint | boolean)} numbers */
export function product(...numbers) {
  let all = 1n;
  for (const each of numbers) all *= BigInt(each);
  return all;
}

/**
 * @param {Config} config
 * @param {{ batch: number, seqLen: number, cached: number, pairs: "all" | "attended", fusedAttention: boolean,
 *   logits?: "all" | "last" }} how
 * @returns {Pass}
 */
export function passOf(config, { batch, seqLen, cached, pairs, fusedAttention, logits = "all" }) {
  const { window } = config;
  const every = cached + seqLen;
  const keys = pairs === "all" || !window ? every : Math.min(every, seqLen + window - 1);
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
 * How many pairs a causal mask leaves, each token with itself and what came before it. It is exact
 * for sequences of up to 2²⁶ tokens.
 * @param {number} seqLen
 * @param {number} [cached]
 * @param {number | null} [window]
 */
export function attendedPairs(seqLen, cached = 0, window = null) {
  const [first, last] = [cached + 1, cached + seqLen];
  const widest = window ? Math.min(last, window) : last;
  const growing = Math.max(0, widest - first + 1);
  return (growing * (first + first + growing - 1)) / 2 + (seqLen - growing) * widest;
}

/**
 * An operation, of which what is 0 or usual need not be said.
 * @param {Partial<Operation> & Pick<Operation, "group" | "component" | "name">} told
 * @returns {Operation}
 */
export function operation(told) {
  return {
    factors: [],
    elementwise: 0n,
    params: 0n,
    idle: 0n,
    weightsRead: 0n,
    moved: 0n,
    inLayers: true,
    ...told,
  };
}

/** Multiplications, each with an addition. @param {Operation} operation */
export function macsOf({ factors }) {
  return factors.length === 0 ? 0n : product(...factors.map(([, number]) => number));
}
