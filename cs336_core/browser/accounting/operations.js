// The operations of a forward pass, before conventions are applied, equal to
// `cs336_core.accounting.operations`. Counts exceed 2⁵³ and must be exact, so they are BigInts.

import { layersByType } from "./config.js";

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
 * The attention of layers of one type in one sequence: their number, the keys that they read, and the
 * dimensions and the number of their scores.
 * @typedef {{ kind: import("./config.js").LayerType, layers: number, keys: number,
 *   pairFactors: readonly Side[], nPairs: bigint }} Attended
 */

/**
 * A batch of tokens in one forward pass; `pairs`: which scores are counted; `headFactor`: the tokens
 * whose logits are computed.
 * @typedef {{ config: Config, batch: number, seqLen: number, cached: number,
 *   pairs: "all" | "attended", fusedAttention: boolean, hasHead: boolean, tokens: bigint,
 *   kinds: readonly Attended[], headFactor: Side }} Pass
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
 *   head?: boolean, logits?: "all" | "last" }} options
 * @returns {Pass}
 */
export function passOf(config, options) {
  const { batch, seqLen, cached, pairs, fusedAttention, head = true, logits = "all" } = options;
  const tokens = product(batch, seqLen);
  const kinds = layersByType(config).map(([kind, layers]) => {
    const window = kind === "full" ? null : config.window;
    const keys = keysOf(kind, seqLen, cached, pairs === "all" ? null : window);
    /** @type {readonly Side[]} */
    const pairFactors =
      pairs === "all"
        ? [
            ["T", seqLen],
            ["S", keys],
          ]
        : [["P", attendedPairs(seqLen, cached, window, kind === "chunk")]];
    const nPairs = product(...pairFactors.map(([, number]) => number));
    return { kind, layers, keys, pairFactors, nPairs };
  });
  /** @type {Side} */
  const headFactor = logits === "all" ? ["B T", Number(tokens)] : ["B", batch];
  return {
    config,
    batch,
    seqLen,
    cached,
    pairs,
    fusedAttention,
    hasHead: head,
    tokens,
    kinds,
    headFactor,
  };
}

/**
 * How many keys of one sequence a layer reads.
 * @param {string} kind
 * @param {number} seqLen
 * @param {number} cached
 * @param {number | null} window
 */
function keysOf(kind, seqLen, cached, window) {
  if (!window) return cached + seqLen;
  return kind === "chunk"
    ? seqLen + (cached % window)
    : Math.min(cached + seqLen, seqLen + window - 1);
}

/**
 * How many pairs of tokens a causal mask leaves, each token with itself included. Exact for
 * sequences of up to 2²⁶ tokens.
 * @param {number} seqLen
 * @param {number} [cached]
 * @param {number | null} [window]
 * @param {boolean} [chunked] whether tokens attend to those in the same chunk of `window` tokens
 */
export function attendedPairs(seqLen, cached = 0, window = null, chunked = false) {
  const [first, last] = [cached + 1, cached + seqLen];
  if (chunked && window) return pairsInChunks(last, window) - pairsInChunks(cached, window);
  const widest = window ? Math.min(last, window) : last;
  const nUnlimited = Math.max(0, widest - first + 1); // tokens that the window does not limit
  return (nUnlimited * (first + first + nUnlimited - 1)) / 2 + (seqLen - nUnlimited) * widest;
}

/** How many pairs the first `n` tokens attend to, in chunks. @param {number} n @param {number} size */
function pairsInChunks(n, size) {
  const rest = n % size;
  return ((n - rest) * (size + 1)) / 2 + (rest * (rest + 1)) / 2;
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
