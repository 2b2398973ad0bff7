// The reader's settings: the traits of Python, without combinations that make no sense.

import { schema } from "#schema/flops_explorer";
import { problemOf } from "../../browser/accounting/config.js";
import { boundedBy } from "../../ui/state.js";
import { PRESETS } from "./presets.js";
import { CHANGES, changed, reaching, WORK } from "./settings.js";

/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */

/** @typedef {import("#schema/flops_explorer").Traits & { own: GivenConfig | Record<string, never> }} State */

export { CHANGES, schema };

/** The traits that say how to count. */
export const CONVENTIONS = /** @type {const} */ ([
  "phase",
  "work",
  "pairs",
  "head",
  "unit",
  "elementwise",
]);

const USUAL = "gpt3-175b";

/** The settings of a model without changes. */
export const UNCHANGED = /** @type {import("./settings.js").Changes} */ (
  Object.fromEntries(CHANGES.map((name) => [name, schema[name].default]))
);

/** @param {State} given @param {string} [usual] the preset that replaces an unknown one @returns {State} */
export function bounded(given, usual = USUAL) {
  const state = boundedBy(schema, given);
  const isKnown = (/** @type {string} */ name) =>
    PRESETS.has(name) || (name === "" && "d_model" in state.own);
  return {
    ...state,
    preset: [state.preset, usual].find(isKnown) ?? USUAL,
    work: state.phase === "decode" ? "forward" : state.work,
    elementwise: state.elementwise && state.unit === "FLOP",
  };
}

/** The model before the reader's changes. @param {State} state */
export function publishedOf({ preset, own }) {
  return /** @type {GivenConfig} */ (PRESETS.get(preset)?.config ?? own);
}

/** Whether the reader has changed the model. @param {State} state */
export const isChanged = (state) => CHANGES.some((name) => state[name] !== UNCHANGED[name]);

/** The number of new tokens, and of cached tokens before them. @param {Pick<State, "phase" | "seq_len">} state */
export function tokensOf({ phase, seq_len }) {
  return phase === "decode" ? { seqLen: 1, cached: seq_len } : { seqLen: seq_len, cached: 0 };
}

/**
 * The model with the changes, or `undefined` if they make no valid model; `stretched`: the number of
 * learned positions of the published model, if the sequence is longer.
 * @param {State} state
 * @returns {{ config: GivenConfig, stretched: number | undefined } | undefined}
 */
export function modelOf(state) {
  const given = changed(publishedOf(state), state);
  if (problemOf(given)) return undefined;
  const { seqLen, cached } = tokensOf(state);
  const config = reaching(given, seqLen + cached);
  return { config, stretched: config === given ? undefined : given.context_length };
}

/** How to count. @param {State} state @returns {import("../../browser/accounting/count.js").Conventions} */
export function conventionsOf({ unit, pairs, head, work, elementwise }) {
  return { unit, pairs, head, elementwise, ...WORK[work] };
}
