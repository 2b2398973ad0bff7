// The parabola fitted to the runs of one compute budget, equal to `cs336_core.scaling.isoflop`.

/**
 * `params`, `loss`: the minimum; `curvature`: in loss per squared log-parameter; `runs`: parameters
 * and final loss of each model trained with the budget, the smallest first.
 * @typedef {{ flops: number, params: number, loss: number, curvature: number,
 *   runs: (readonly [params: number, loss: number])[] }} Valley
 */

/** The loss that the parabola predicts. @param {Valley} valley @param {number} params */
export const lossOf = (valley, params) =>
  valley.loss + valley.curvature * Math.log(params / valley.params) ** 2;

/** The training tokens that a budget allows, by C = 6 N D. @param {number} flops @param {number} params */
export const trainingTokens = (flops, params) => flops / (6 * params);
