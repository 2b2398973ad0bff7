// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

/**
 * @typedef {import("../../browser/model/attention.js").Settings & {
 *   tokens: readonly string[], features: readonly string[],
 *   q: readonly import("../../browser/model/attention.js").Rows[], k: readonly import("../../browser/model/attention.js").Rows[], v: readonly import("../../browser/model/attention.js").Rows[],
 *   head: number, stage: Stage, row: number, column: number }} State
 *   `features`: what each number of a query and a key stands for; `row`, `column`: the chosen cell
 */

/** What the cells show. @typedef {"scores" | "masked" | "weights"} Stage */

/** @type {readonly Stage[]} */
export const STAGES = ["scores", "masked", "weights"];
/** @type {readonly import("../../browser/model/attention.js").Mask[]} */
export const MASKS = ["none", "causal", "window", "prefix"];
export const COLDEST = 0.1;
export const HOTTEST = 5;

/** What the reader may set. @type {(keyof State)[]} */
export const SETTINGS = [
  "head",
  "stage",
  "mask",
  "window",
  "prefix",
  "padding",
  "temperature",
  "scaled",
  "row",
  "column",
];
/** @type {(keyof State)[]} */
export const TRAITS = ["tokens", "features", "q", "k", "v", ...SETTINGS];

/** @param {number} value @param {number} least @param {number} most */
export const within = (value, least, most) => Math.min(most, Math.max(least, value));

/** @param {State} state @returns {State} */
export function bounded(state) {
  const n = state.tokens.length;
  return {
    ...state,
    head: within(state.head, 0, state.q.length - 1),
    stage: STAGES.includes(state.stage) ? state.stage : "weights",
    mask: MASKS.includes(state.mask) ? state.mask : "causal",
    window: within(state.window, 1, n),
    prefix: within(state.prefix, 1, n),
    padding: within(state.padding, 0, n),
    temperature: within(state.temperature, COLDEST, HOTTEST),
    row: within(state.row, 0, n - 1),
    column: within(state.column, 0, n - 1),
  };
}
