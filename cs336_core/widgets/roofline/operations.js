// The operations of a model in prefill and in decode, as points of a machine's roofline.

import { complete } from "../../browser/accounting/config.js";
import { forwardOperations } from "../../browser/accounting/forward.js";
import { macsOf, passOf } from "../../browser/accounting/operations.js";
import { countParameters } from "../../browser/accounting/parameters.js";
import { boundOf, inSequence } from "../../browser/accounting/roofline.js";
import { PARTS, PHASES } from "./state.js";

/** @typedef {import("./state.js").Kind} Kind */
/** @typedef {import("./state.js").Part} Part */
/** @typedef {import("./state.js").Phase} Phase */
/** @typedef {import("./state.js").Moved} Moved */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */
/** @typedef {{ kind: Kind, phase: Phase, flops: number, bytes: number } & import("../../browser/accounting/roofline.js").Bound} Point */

/**
 * How many numbers the KV cache stores per token, in all layers.
 * @param {ReturnType<typeof complete>} config
 */
function cachedPerToken({ latent, n_layers, n_kv_heads, d_head }) {
  return n_layers * (latent ? latent.kv_rank + latent.rope_head_dim : 2 * n_kv_heads * d_head);
}

/**
 * How many numbers the KV caches of all sequences store; a window limits the tokens.
 * @param {ReturnType<typeof complete>} config
 * @param {number} batch
 * @param {number} context
 */
function cacheOf(config, batch, context) {
  return (
    BigInt(batch) *
    BigInt(Math.min(context, config.window ?? context)) *
    BigInt(cachedPerToken(config))
  );
}

/**
 * What each part of a pass computes and moves. Prefill reads `context` tokens of each sequence at
 * once; decode adds one token after them. Both need the logits of each sequence's last token only.
 * @param {State} state
 * @param {GivenConfig} given
 * @param {Phase} phase
 * @returns {{ kind: Part, flops: number, bytes: number }[]}
 */
function costsOf({ batch, context, moved, precision, bytes_per_value: sizes }, given, phase) {
  const config = complete(given);
  const [seqLen, cached] = phase === "prefill" ? [context, 0] : [1, context];
  const step = passOf(config, {
    batch,
    seqLen,
    cached,
    pairs: "attended",
    fusedAttention: moved !== "scores",
    logits: "last",
  });
  const operations = forwardOperations(step, false);
  return PARTS.map((kind) => {
    const own = operations.filter(({ group }) => group === kind);
    const numbers = own.map(
      (operation) => operation.weightsRead + (moved === "weights" ? 0n : operation.moved),
    );
    if (moved === "weights" && kind === "scores") numbers.push(cacheOf(config, batch, context));
    const sum = (/** @type {readonly bigint[]} */ terms) =>
      Number(terms.reduce((total, term) => total + term, 0n));
    return { kind, flops: 2 * sum(own.map(macsOf)), bytes: (sizes[precision] ?? 2) * sum(numbers) };
  });
}

/**
 * All points: each part of the model in each phase, and the whole pass, whose parts run one after another.
 * @param {State} state
 * @param {GivenConfig} config
 * @param {Machine} machine
 * @returns {Point[]}
 */
export function pointsOf(state, config, machine) {
  return PHASES.flatMap((phase) => {
    const parts = costsOf(state, config, phase).map(({ kind, flops, bytes }) => ({
      kind,
      phase,
      flops,
      bytes,
      ...boundOf(flops, bytes, machine, state.precision),
    }));
    return [...parts, { kind: /** @type {Kind} */ ("whole"), phase, ...inSequence(parts) }];
  });
}

/** @param {readonly Point[]} points @param {Kind} kind @param {Phase} phase */
export function pointOf(points, kind, phase) {
  return /** @type {Point} */ (
    points.find((point) => point.kind === kind && point.phase === phase)
  );
}

/**
 * What a machine must hold in memory during inference.
 * @param {State} state
 * @param {GivenConfig} config
 * @param {Machine} machine
 */
export function memoryOf({ batch, context, precision, bytes_per_value: sizes }, config, machine) {
  const size = sizes[precision] ?? 2;
  const weights = Number(countParameters(config).total) * size;
  const cache = Number(cacheOf(complete(config), batch, context)) * size;
  return { weights, cache, bytes: weights + cache, fits: weights + cache <= machine.memory_bytes };
}

/** @typedef {ReturnType<typeof memoryOf>} Memory */
