// What the figure shows, without any drawing: this is what a test in Node.js reads.

import { schema } from "#schema/sampling_bars";
import { distribution, entropy, mostProbable } from "../../browser/inference/sampling.js";
import { decimal, percent } from "../../ui/numbers.js";
import { within } from "../../ui/state.js";
import { roundNumbers } from "../../ui/stops.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/**
 * @typedef {import("#schema/sampling_bars").Traits & {
 *   texts: { text: string, logits: number[] }[], tokens: string[] }} State
 * @typedef {import("../../browser/inference/sampling.js").Filter} Filter
 * @typedef {{ key: string, label: string, before: number, after: number, dropped?: Filter }} Row
 */

/** The most tokens that have a bar of their own. */
const SHOWN = 16;

/** The settings, as the JavaScript core takes them. @param {State} state */
export const samplingOf = ({ temperature, top_k: topK, top_p: topP, min_p: minP }) => ({
  temperature,
  topK,
  topP,
  minP,
});

/** The stops of the slider for top-k, up to the whole vocabulary. @param {State} state */
export const topKStops = ({ tokens }) => [
  ...new Set(roundNumbers(1, tokens.length).map(Math.round)),
];

/** The text that is shown. @param {State} state */
export const shownText = ({ text, texts }) =>
  /** @type {State["texts"][number]} */ (texts[within(text, 0, texts.length - 1)]);

/** The model's distribution and the one to draw from. @param {State} state */
export function distributionsOf(state) {
  const { logits } = shownText(state);
  const plain = { temperature: 1, topK: logits.length, topP: 1, minP: 0 };
  const { probs: before } = distribution(logits, plain);
  const { probs: after, droppedBy } = distribution(logits, samplingOf(state));
  return { before, after, droppedBy, order: mostProbable(before) };
}

/** @typedef {ReturnType<typeof distributionsOf>} Distributions */

/**
 * A row per token with the most probable ones, and one for all others together.
 * @param {State} state
 * @param {Distributions} [found]
 * @returns {Row[]}
 */
export function rowsOf(state, { before, after, droppedBy, order } = distributionsOf(state)) {
  const at = (/** @type {readonly number[]} */ probs, /** @type {number} */ i) => probs[i] ?? 0;
  const rows = order.slice(0, SHOWN).map((i) => ({
    key: String(i),
    label: state.tokens[i] ?? "",
    before: at(before, i),
    after: at(after, i),
    ...(droppedBy[i] && { dropped: droppedBy[i] }),
  }));
  const others = order.slice(SHOWN);
  if (others.length === 0) return rows;
  const sum = (/** @type {readonly number[]} */ probs) =>
    others.reduce((total, i) => total + at(probs, i), 0);
  const label = plural("sampling_bars.others", others.length);
  return [...rows, { key: "others", label, before: sum(before), after: sum(after) }];
}

/** @param {State} state @param {Distributions} [found] */
export function resultsOf(state, { before, after } = distributionsOf(state)) {
  const kept = after.filter((prob) => prob > 0).length;
  return /** @type {const} */ ([
    [t("sampling_bars.kept"), formatNumber(kept)],
    [t("sampling_bars.entropy"), t("sampling_bars.bits", { n: decimal(entropy(after), 2) })],
    [
      t("sampling_bars.entropy.before"),
      t("sampling_bars.bits", { n: decimal(entropy(before), 2) }),
    ],
  ]);
}

/** @param {State} state @param {Distributions} [found] */
export function sentenceOf(state, { after, before, order } = distributionsOf(state)) {
  const kept = after.filter((prob) => prob > 0).length;
  const best = order[0] ?? 0;
  return plural("sampling_bars.status", kept, {
    all: formatNumber(after.length),
    best: state.tokens[best] ?? "",
    before: percent(before[best] ?? 0),
    after: percent(after[best] ?? 0),
  });
}

/** One row per token of the vocabulary, the most probable first. @param {State} state */
export function dataOf(state) {
  const { before, after, droppedBy, order } = distributionsOf(state);
  return order.map((i) => ({
    token: state.tokens[i] ?? "",
    model: before[i] ?? 0,
    drawn: after[i] ?? 0,
    dropped_by: droppedBy[i] ?? "",
  }));
}

export { schema };
