// The figure's numbers as text, its settings and its counts in words.

import { percent } from "../../ui/numbers.js";
import { digits, memory, prefixed } from "../../ui/quantities.js";
import { formatNumber, t } from "../../ui/strings.js";
import { PRESETS } from "./presets.js";
import { isChanged } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/count.js").Row} Row */

/** FLOPs or MACs with a prefix. @param {bigint | number} flops @param {State["unit"]} unit */
export const flopsText = (flops, unit) =>
  prefixed(Number(flops), t(`flops.unit.${unit}`)).replace(" ", "\u00a0");

/** Bytes of memory. @param {bigint} bytes */
export const bytesText = (bytes) => memory(Number(bytes)).replace(" ", "\u00a0");

/** The name of the model. @param {State} state */
export function titleOf(state) {
  const title = PRESETS.get(state.preset)?.title ?? t("flops.own");
  return isChanged(state) ? t("flops.changed", { title }) : title;
}

/** @param {boolean} experts */
const rival = (experts) => t(experts ? "flops.whom.experts" : "flops.whom.mlp");

/**
 * The percentage of attention, compared with the MLP.
 * @param {{ attention: number, mlp: number }} fractions
 * @param {boolean} experts whether the MLP consists of experts
 * @param {boolean} now whether it describes a change that the reader made
 */
function describeFractions({ attention, mlp }, experts, now) {
  const [attentionText, mlpText] = [percent(attention), percent(mlp)];
  const comparison = attentionText === mlpText ? "same" : attention > mlp ? "more" : "less";
  return t(`flops.summary.${comparison}${now ? ".now" : ""}`, {
    attention: attentionText,
    mlp: mlpText,
    whom: rival(experts),
  });
}

/**
 * The figure in words.
 * @param {State} state
 * @param {bigint} flops
 * @param {{ attention: number, mlp: number }} fractions
 * @param {boolean} experts
 * @param {boolean} now
 */
export function describe(state, flops, fractions, experts, now) {
  const values = {
    title: titleOf(state),
    n: formatNumber(state.seq_len),
    flops: flopsText(flops, state.unit),
  };
  return `${t(`flops.summary.${state.phase}`, values)} ${describeFractions(fractions, experts, now)}`;
}

/**
 * The length at which a curve crosses that of the MLP, in words.
 * @param {"attention" | "scores"} which
 * @param {number | undefined} length
 * @param {number} width
 * @param {number} longest
 * @param {boolean} experts
 */
export function describeCrossover(which, length, width, longest, experts) {
  const values = {
    whom: rival(experts),
    n: formatNumber(length ?? longest),
    times: digits((length ?? longest) / width),
  };
  if (length === undefined) return t(`flops.cross.${which}.never`, values);
  return t(length === 1 ? `flops.cross.${which}.always` : `flops.cross.${which}`, values);
}

/** Why the model is impossible. @param {NonNullable<ReturnType<typeof import("../../browser/accounting/config.js").problemOf>>} problem */
export function describeProblem({ why, values }) {
  return t(
    `flops.problem.${why}`,
    Object.fromEntries(Object.entries(values).map(([name, n]) => [name, formatNumber(n)])),
  );
}

/**
 * The product of a row in letters and in numbers, without the batch of one sequence.
 * @param {Row} row
 */
export function formulaOf({ factors, times }) {
  const sides = factors
    .filter(([letter]) => letter !== "B")
    .map(([letter, n]) => /** @type {const} */ ([letter.replace("B T", "T"), n]));
  if (sides.length === 0) return undefined;
  return {
    letters: [
      times,
      ...sides.map(([letter]) => (letter.includes(" ") ? `(${letter})` : letter)),
    ].join(" × "),
    numbers: [times, ...sides.map(([, n]) => formatNumber(n))].join(" × "),
  };
}

/** The letters in rows, in their order, with their meanings. @param {readonly Row[]} rows */
export function lettersOf(rows) {
  const found = new Set(
    rows.flatMap(({ factors }) =>
      factors.flatMap(
        ([letters]) => letters.replace("B T", "T").match(/[A-Za-z]+(?:_[a-z]+)?/g) ?? [],
      ),
    ),
  );
  found.delete("B");
  return [...found].map((letter) => /** @type {const} */ ([letter, t(`flops.letter.${letter}`)]));
}

/** The name of an operation. @param {string} operation */
export const operationText = (operation) => t(`flops.operation.${operation}`);
