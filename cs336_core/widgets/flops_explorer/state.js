// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

import { problemOf } from "../../browser/accounting/config.js";
import { LONGEST } from "../../browser/accounting/crossover.js";
import { GROUPS } from "../../browser/accounting/operations.js";
import { PRESETS } from "./presets.js";
import { changed, LARGEST, reaching, WORK } from "./settings.js";

/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */
/** @typedef {import("../../browser/accounting/operations.js").Group} Group */

/**
 * `preset`: the model that is changed, or "" for `own`; `seq_len`: new tokens or, of a decode step,
 * those in the cache; `part`: the group whose formula is shown.
 * @typedef {import("./settings.js").Changes & { preset: string, own: GivenConfig | Record<string, never>,
 *   seq_len: number, phase: "prefill" | "decode", unit: "FLOP" | "MAC", pairs: "all" | "attended",
 *   head: boolean, work: keyof typeof WORK, elementwise: boolean, part: Group }} State
 */

export const USUAL = "gpt3-175b";

/** @type {(keyof import("./settings.js").Changes)[]} */
export const CHANGES = [
  "n_layers",
  "d_model",
  "n_heads",
  "n_kv_heads",
  "d_ff",
  "mlp",
  "vocab_size",
  "n_experts",
  "n_active",
];
/** What the reader may set. @type {(keyof State)[]} */
export const SETTINGS = [
  "preset",
  ...CHANGES,
  "seq_len",
  "phase",
  "unit",
  "pairs",
  "head",
  "work",
  "elementwise",
  "part",
];
/** @type {(keyof State)[]} */
export const TRAITS = ["own", ...SETTINGS];
/** A model as it is published. */
export const UNCHANGED = /** @type {import("./settings.js").Changes} */ (
  Object.fromEntries(CHANGES.map((name) => [name, name === "mlp" ? "" : 0]))
);

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(most, Math.max(least, Math.round(value)));

/** @template T @param {T} value @param {readonly T[]} known @param {T} usual */
const oneOf = (value, known, usual) => (known.includes(value) ? value : usual);

/** @param {State} state @param {string} [usual] the preset in place of one that there is not @returns {State} */
export function bounded(state, usual = USUAL) {
  const isKnown = (/** @type {string} */ name) =>
    PRESETS.has(name) || (name === "" && "d_model" in state.own);
  const unit = oneOf(state.unit, ["FLOP", "MAC"], "FLOP");
  const phase = oneOf(state.phase, ["prefill", "decode"], "prefill");
  const numbers = Object.entries(LARGEST).map(([name, most]) => [
    name,
    within(state[/** @type {keyof typeof LARGEST} */ (name)], 0, most),
  ]);
  return {
    ...state,
    ...Object.fromEntries(numbers),
    preset: [state.preset, usual].find(isKnown) ?? USUAL,
    mlp: oneOf(state.mlp, ["", "plain", "gated"], ""),
    seq_len: within(state.seq_len, 1, LONGEST),
    phase,
    unit,
    pairs: oneOf(state.pairs, ["all", "attended"], "all"),
    work:
      phase === "decode"
        ? "forward"
        : oneOf(state.work, /** @type {(keyof typeof WORK)[]} */ (Object.keys(WORK)), "forward"),
    elementwise: state.elementwise && unit === "FLOP",
    part: oneOf(state.part, GROUPS, "scores"),
  };
}

/** The model that is changed, as it is published. @param {State} state */
export function publishedOf({ preset, own }) {
  return /** @type {GivenConfig} */ (PRESETS.get(preset)?.config ?? own);
}

/** Whether the reader has changed the model. @param {State} state */
export const isChanged = (state) => CHANGES.some((name) => state[name] !== UNCHANGED[name]);

/** New tokens, and tokens in the cache before them. @param {Pick<State, "phase" | "seq_len">} state */
export function tokensOf({ phase, seq_len }) {
  return phase === "decode" ? { seqLen: 1, cached: seq_len } : { seqLen: seq_len, cached: 0 };
}

/**
 * The model that is set, or `undefined` where there can be none; `stretched`: the length that its
 * table of positions was made for, where the text is longer.
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
