// The figure's numbers as people read them, and what is set and counted in words.

import { decimal } from "../../ui/numbers.js";
import { digits, memory, prefixed } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import { PRESETS } from "./presets.js";
import { isChanged } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/count.js").Row} Row */

/** A whole number with its thousands apart. @param {number | bigint} n */
export const whole = (n) => n.toLocaleString("en");

/** A part of a whole, with one decimal. @param {number} share */
export const percent = (share) => `${decimal(100 * share, 1)}\u00a0%`;

/** FLOPs or MACs with a prefix. @param {bigint | number} flops @param {State["unit"]} unit */
export const flopsText = (flops, unit) =>
  prefixed(Number(flops), t(`flops.unit.${unit}`)).replace(" ", "\u00a0");

/** Bytes of memory. @param {bigint} bytes */
export const bytesText = (bytes) => memory(Number(bytes)).replace(" ", "\u00a0");

/** The name of what is set. @param {State} state */
export function titleOf(state) {
  const title = PRESETS.get(state.preset)?.title ?? t("flops.own");
  return isChanged(state) ? t("flops.changed", { title }) : title;
}

/** @param {boolean} experts */
const whom = (experts) => t(experts ? "flops.whom.experts" : "flops.whom.mlp");

/**
 * What attention takes, and whether that is more than the MLP.
 * @param {{ attention: number, mlp: number }} shares
 * @param {boolean} experts whether there are experts in place of the MLP
 * @param {boolean} now whether it describes a change
 */
export function describeShares({ attention, mlp }, experts, now) {
  const [ours, theirs] = [percent(attention), percent(mlp)];
  const which = ours === theirs ? "same" : attention > mlp ? "more" : "less";
  return t(`flops.summary.${which}${now ? ".now" : ""}`, {
    attention: ours,
    mlp: theirs,
    whom: whom(experts),
  });
}

/**
 * The figure in words.
 * @param {State} state
 * @param {bigint} flops
 * @param {{ attention: number, mlp: number }} shares
 * @param {boolean} experts
 * @param {boolean} now
 */
export function describe(state, flops, shares, experts, now) {
  const values = {
    title: titleOf(state),
    n: whole(state.seq_len),
    flops: flopsText(flops, state.unit),
  };
  return `${t(`flops.summary.${state.phase}`, values)} ${describeShares(shares, experts, now)}`;
}

/**
 * Where a curve crosses that of the MLP.
 * @param {"attention" | "scores"} which
 * @param {number | undefined} length
 * @param {number} width
 * @param {number} longest
 * @param {boolean} experts
 */
export function describeCrossover(which, length, width, longest, experts) {
  const values = {
    whom: whom(experts),
    n: whole(length ?? longest),
    times: digits((length ?? longest) / width),
  };
  if (length === undefined) return t(`flops.cross.${which}.never`, values);
  return t(length === 1 ? `flops.cross.${which}.always` : `flops.cross.${which}`, values);
}

/** Why there can be no such model. @param {NonNullable<ReturnType<typeof import("../../browser/accounting/config.js").problemOf>>} problem */
export function describeProblem({ why, values }) {
  return t(
    `flops.problem.${why}`,
    Object.fromEntries(Object.entries(values).map(([name, n]) => [name, whole(n)])),
  );
}

/**
 * The product of a row in letters and in numbers. There is one sequence: it needs no letter.
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
    numbers: [times, ...sides.map(([, n]) => whole(n))].join(" × "),
  };
}

/** The letters that occur in rows, in their order, each with what it stands for. @param {readonly Row[]} rows */
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

/** What a row is called. @param {string} operation */
export const operationText = (operation) => t(`flops.operation.${operation}`);
