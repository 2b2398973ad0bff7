// The fractions of attention and MLP as curves: over the sequence length, and over the size of the
// model. Every point is counted, not fitted.

import { byGroup, countFlops, fractionOf } from "../../browser/accounting/count.js";
import { crossover } from "../../browser/accounting/crossover.js";
import { countParameters } from "../../browser/accounting/parameters.js";
import { LADDER, PRESETS } from "./presets.js";
import { reaching } from "./settings.js";

/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */
/** @typedef {import("../../browser/accounting/count.js").Conventions} Conventions */
/** `attention`: with projections; `scores`: scores and values only. @typedef {{ attention: number, scores: number, mlp: number }} Fractions */

/** Lengths from 128 tokens to a million, four per doubling. */
export const LENGTHS = [
  ...Array.from({ length: 13 * 4 }, (_, i) => 2 ** (7 + Math.floor(i / 4)) * (1 + (i % 4) / 4)),
  2 ** 20,
];

/** @param {readonly import("../../browser/accounting/count.js").Row[]} rows @returns {Fractions} */
export function fractionsOf(rows) {
  const { projections, scores, mlp, all } = byGroup(rows);
  return {
    attention: fractionOf(projections + scores, all),
    scores: fractionOf(scores, all),
    mlp: fractionOf(mlp, all),
  };
}

/**
 * Counts one sequence: `length` tokens or, with `decode`, one new token after `length` cached ones.
 * @param {GivenConfig} config
 * @param {number} length
 * @param {Conventions} conventions
 * @param {boolean} decode
 */
export function counted(config, length, conventions, decode) {
  return decode
    ? countFlops(config, 1, 1, conventions, { cached: length })
    : countFlops(config, 1, length, conventions);
}

/**
 * @param {GivenConfig} config
 * @param {Conventions} conventions
 * @param {boolean} decode
 */
export function overLengths(config, conventions, decode) {
  return LENGTHS.map((length) => ({
    length,
    ...fractionsOf(counted(config, length, conventions, decode)),
  }));
}

/**
 * The lengths at which attention takes as much as the MLP: with its projections, and without.
 * @param {GivenConfig} config
 * @param {Conventions} conventions
 * @param {boolean} decode
 */
export function crossovers(config, conventions, decode) {
  return {
    attention: crossover(config, ["projections", "scores"], ["mlp"], conventions, decode),
    scores: crossover(config, ["scores"], ["mlp"], conventions, decode),
  };
}

/** The models of the ladder, with their parameters. */
const RUNGS = LADDER.map((name) => {
  const { title, config } = /** @type {{ title: string, config: GivenConfig }} */ (
    PRESETS.get(name)
  );
  return { name, title, config, params: Number(countParameters(config).total) };
});

/**
 * @param {number} length
 * @param {Conventions} conventions
 * @param {boolean} decode
 */
export function overSizes(length, conventions, decode) {
  return RUNGS.map(({ config, ...rung }) => ({
    ...rung,
    d_model: config.d_model,
    ...fractionsOf(counted(reaching(config, length + 1), length, conventions, decode)),
  }));
}
