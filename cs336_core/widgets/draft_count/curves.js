// What the figure shows, without any drawing.

import { schema } from "#schema/draft_count";
import { expectedTokens, speculativeSpeedup } from "../../browser/accounting/speculative.js";
import { decimal, percent } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("#schema/draft_count").Traits} State */

const MOST = schema.drafts.max;
const xOf = (/** @type {number} */ drafts) => drafts / MOST;

/**
 * What a number of drafts gains, compared with none.
 * @param {State} state
 * @param {number} [drafts]
 */
export function gainOf({ accepted, cost, drafts: own }, drafts = own) {
  return {
    tokens: expectedTokens(accepted / 100, drafts),
    speedup: speculativeSpeedup(accepted / 100, drafts, cost / 100),
  };
}

/** One row per number of drafts. @param {State} state */
export const rowsOf = (state) =>
  Array.from({ length: MOST + 1 }, (_, drafts) => ({ drafts, ...gainOf(state, drafts) }));

/** The number of drafts with the largest speedup. @param {State} state */
export const bestOf = (state) =>
  rowsOf(state).reduce((best, row) => (row.speedup > best.speedup ? row : best)).drafts;

const times = (/** @type {number} */ gain, digits = 2) =>
  t("draft_count.times", { n: decimal(gain, digits) });

/** @param {State} state @returns {import("../../ui/chart_picture.js").PaintedChart} */
export function chartOf(state) {
  const rows = rowsOf(state);
  const { tokens, speedup } = gainOf(state);
  const x = xOf(state.drafts);
  const most = Math.max(2, ...rows.map((row) => row.tokens));
  const top = 2 ** Math.ceil(Math.log2(most)); // one scale for all settings would flatten the peak
  const yOf = (/** @type {number} */ gain) => gain / top;
  const unit = top > 2 ? 1 : 0.5;
  return {
    lines: [
      {
        kind: "tokens",
        name: t("draft_count.tokens.short"),
        points: rows.map((row) => [xOf(row.drafts), yOf(row.tokens)]),
      },
      {
        kind: "speedup",
        name: t("draft_count.speedup.short"),
        points: rows.map((row) => [xOf(row.drafts), yOf(row.speedup)]),
      },
    ],
    ticks: [0, 2, 4, 6, 8, 10, 12].map((n) => [xOf(n), String(n)]),
    ticksY: Array.from({ length: top / unit + 1 }, (_, i) => {
      const gain = i * unit;
      return [yOf(gain), times(gain, Number.isInteger(gain) ? 0 : 1)];
    }),
    axis: t("draft_count.axis"),
    axisY: t("draft_count.axis.y"),
    now: { x, text: times(speedup) },
    dots: [
      { kind: "tokens", x, y: yOf(tokens) },
      { kind: "speedup", x, y: yOf(speedup) },
    ],
    paints: { tokens: "control", speedup: "accent" },
    dashed: ["tokens"],
  };
}

/** The number of drafts at a position of the axis. @param {number} x */
export const draftsAt = (x) => Math.round(x * MOST);

/** @param {State} state */
export function resultsOf(state) {
  const { tokens, speedup } = gainOf(state);
  return /** @type {const} */ ([
    [t("draft_count.speedup"), times(speedup)],
    [t("draft_count.tokens"), decimal(tokens, 2)],
    [t("draft_count.best"), plural("draft_count.count", bestOf(state))],
  ]);
}

/** @param {State} state */
export function sentenceOf(state) {
  const { drafts, accepted, cost } = state;
  if (!drafts) return t("draft_count.status.none");
  const { tokens, speedup } = gainOf(state);
  return plural("draft_count.status", drafts, {
    accepted: percent(accepted / 100, 0),
    added: percent((drafts * cost) / 100, 0),
    tokens: decimal(tokens, 2),
    speedup: decimal(speedup, 2),
  });
}
