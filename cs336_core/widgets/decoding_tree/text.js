// The figure in words and numbers.

import { probabilityText } from "../../ui/live_model/prediction.js";
import { decimal } from "../../ui/numbers.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { keptOf, METHODS, nPossible, stepsOf } from "./decoding.js";
import "./strings.en.js";

/** @typedef {import("./decoding.js").Candidate} Candidate */
/** @typedef {import("./decoding.js").NextTokens} NextTokens */
/** @typedef {import("./decoding.js").State} State */

/** A log-probability, in nats. @param {number} logProb */
export const logProbText = (logProb) => decimal(logProb, logProb < -9.95 ? 1 : 2);

/** The number on a candidate. @param {State["method"]} method @param {Candidate} candidate */
export const numberOn = (method, { logProb, probability }) =>
  method === "sampling" ? probabilityText(probability) : logProbText(logProb);

/** What became of a candidate. @param {State["method"]} method @param {Candidate} candidate */
export function fateOf(method, { rank, droppedBy }) {
  if (rank === undefined) return t(`decoding.dropped.${droppedBy ?? method}`);
  return t(`decoding.kept.${method}`, { rank: rank + 1 });
}

/**
 * The log-probability of each method's best text, that of the selected method first.
 * @param {NextTokens} next
 * @param {State} state
 * @returns {[name: string, value: string][]}
 */
export function resultsOf(next, state) {
  const methods = [state.method, ...METHODS.filter((method) => method !== state.method)];
  return methods.map((method) => {
    const last = stepsOf(next, state, method, state.step).at(-1);
    const logProb = last ? Number(keptOf(last)[0]?.logProb) : 0;
    return [t(`decoding.result.${method}`), logProbText(logProb)];
  });
}

/**
 * What the last step did.
 * @param {NextTokens} next
 * @param {State} state
 * @param {readonly (readonly Candidate[])[]} steps
 */
export function sentenceOf(next, state, steps) {
  const { method } = state;
  const last = steps.at(-1);
  const best = last && keptOf(last)[0];
  if (!best) return t("decoding.status.start");
  const values = {
    step: steps.length,
    all: formatNumber(next.live.labels.length),
    token: next.label(best.tokens.at(-1)),
    p: probabilityText(best.probability),
  };
  if (method === "greedy") return t("decoding.status.greedy", values);
  if (method === "sampling") {
    const n = nPossible(next, state, best.tokens.slice(0, -1));
    return plural("decoding.status.sampling", n, values);
  }
  const kept = keptOf(last).length;
  if (kept === 1) return t("decoding.status.beam.alone", values);
  const before = steps.at(-2);
  if (!before) return t("decoding.status.beam.first", { ...values, kept });
  const parents = keptOf(before);
  const continued = new Set(keptOf(last).map(({ parent }) => parent));
  const lost = parents.filter((_, rank) => !continued.has(rank));
  const texts = lost.map(({ tokens }) => `“${tokens.map((id) => next.label(id)).join("")}”`);
  return t("decoding.status.beam", {
    ...values,
    parents: parents.length,
    n: last.length,
    kept,
    lost: texts.length ? t("decoding.lost", { lost: texts.join(", ") }) : t("decoding.lost.none"),
  });
}
