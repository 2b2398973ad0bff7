// One block with pre-norm, equal to `Block` of cs336_core.model.block.

import { attend } from "./attention.js";
import { sum, zeros } from "./matrix.js";
import { mlp } from "./mlp.js";
import { rmsNorm } from "./norm.js";
import { attentionNormPart, headPart, mlpNormPart, mlpPart, POSITIONS } from "./parts.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */

/**
 * What a block computes, for all positions.
 * @typedef {object} BlockPass
 * @property {import("./attention.js").Attention} attention
 * @property {Matrix} middle the stream after attention
 * @property {Matrix} hidden the gated activations of the MLP
 * @property {Matrix} mlp what the MLP adds
 * @property {Matrix} output the stream after the block
 */

/**
 * @param {Matrix} x the residual stream
 * @param {import("./model.js").BlockWeights} weights
 * @param {import("./model.js").Config} config
 * @param {number} block from 0
 * @param {ReadonlySet<string>} removed names of parts, see parts.js; without a norm, a part reads the
 *   stream as it is
 * @param {BlockPass} [past] of the tokens before
 * @returns {BlockPass}
 */
export function runBlock(x, weights, config, block, removed, past) {
  const eps = config.norm_eps;
  const attention = attend(
    removed.has(attentionNormPart(block)) ? x : rmsNorm(x, weights.attentionNorm, eps),
    weights.attention,
    config,
    {
      hasPositions: !removed.has(POSITIONS),
      isOff: (head) => removed.has(headPart(block, head)),
    },
    past?.attention,
  );
  const middle = sum(x, attention.addition);
  const read = removed.has(mlpNormPart(block)) ? middle : rmsNorm(middle, weights.mlpNorm, eps);
  const { hidden, addition } = mlp(read, weights.mlp);
  const added = removed.has(mlpPart(block)) ? zeros(x.rows, x.columns) : addition;
  return { attention, middle, hidden, mlp: added, output: sum(middle, added) };
}
