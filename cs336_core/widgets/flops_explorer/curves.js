// The shares of attention and MLP as curves: over the length of the text, and over the size of the
// model. Every point is a count.

import { byGroup, countFlops, shareOf } from "../../browser/accounting/count.js";
import { crossover } from "../../browser/accounting/crossover.js";
import { countParameters } from "../../browser/accounting/parameters.js";
import { LADDER, PRESETS } from "./presets.js";
import { reaching } from "./settings.js";

/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */
/** @typedef {import("../../browser/accounting/count.js").Conventions} Conventions */
/** `attention`: with projections; `scores`: scores and values alone. @typedef {{ attention: number, scores: number, mlp: number }} Shares */

/** Lengths from 128 tokens to a million, four to each doubling. */
export const LENGTHS = [
  ...Array.from({ length: 13 * 4 }, (_, i) => 2 ** (7 + Math.floor(i / 4)) * (1 + (i % 4) / 4)),
  2 ** 20,
];

/** @param {readonly import("../../browser/accounting/count.js").Row[]} rows @returns {Shares} */
export function sharesOf(rows) {
  const { projections, scores, mlp, all } = byGroup(rows);
  return {
    attention: shareOf(projections + scores, all),
    scores: shareOf(scores, all),
    mlp: shareOf(mlp, all),
  };
}

/**
 * Counts one sequence: its new tokens or, with `decode`, one after so many in the cache.
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
    ...sharesOf(counted(config, length, conventions, decode)),
  }));
}

/**
 * From which length on attention takes as much as the MLP: with its projections, and without.
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

/** The models of the ladder, which never change. */
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
    ...sharesOf(counted(reaching(config, length + 1), length, conventions, decode)),
  }));
}
