// What the figure shows, without any drawing.

import { schema } from "#schema/flops_share";
import { logPosition, PERCENTAGES } from "../../ui/chart_axes.js";
import { percent } from "../../ui/numbers.js";
import { powersOfTwo } from "../../ui/stops.js";
import { formatNumber, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("#schema/flops_share").Traits} State */

const { min: SHORTEST, max: LONGEST } = schema.seq_len;
export const LENGTHS = powersOfTwo(LONGEST).filter((n) => n >= SHORTEST);
export const WIDTHS = [
  256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12_288, 16_384, 32_768,
];
/** Points of a curve per doubling. */
const POINTS = 4;

const xOf = (/** @type {number} */ length) => logPosition(length, SHORTEST, LONGEST);

/**
 * The parts of a layer's FLOPs. Per token, the MLP takes 16 d², the projections 8 d² and the scores
 * 4 s d.
 * @param {State} state
 */
export function fractionsOf({ d_model: d, seq_len: s }) {
  const all = 24 * d + 4 * s;
  return { mlp: (16 * d) / all, projections: (8 * d) / all, scores: (4 * s) / all };
}

/** One row per length. @param {State} state */
export function rowsOf({ d_model }) {
  const n = POINTS * Math.log2(LONGEST / SHORTEST);
  return Array.from({ length: n + 1 }, (_, i) => {
    const seq_len = SHORTEST * 2 ** (i / POINTS);
    return { seq_len, ...fractionsOf({ d_model, seq_len }) };
  });
}

/** @param {State} state @returns {import("../../ui/chart_picture.js").PaintedChart} */
export function chartOf(state) {
  const rows = rowsOf(state);
  const x = xOf(state.seq_len);
  const { mlp } = fractionsOf(state);
  return {
    lines: [
      {
        kind: "mlp",
        name: t("flops_share.mlp"),
        points: rows.map((row) => [xOf(row.seq_len), row.mlp]),
      },
      {
        kind: "attention",
        name: t("flops_share.attention"),
        points: rows.map((row) => [xOf(row.seq_len), 1 - row.mlp]),
      },
      {
        kind: "scores",
        name: t("flops_share.scores.short"),
        points: rows.map((row) => [xOf(row.seq_len), row.scores]),
      },
    ],
    ticks: [128, 1024, 8192, 65_536, 524_288].map((n) => [
      xOf(n),
      n < 1024 ? String(n) : `${n / 1024}k`,
    ]),
    ticksY: PERCENTAGES,
    axis: t("flops_share.axis"),
    axisY: t("flops_share.axis.y"),
    now: { x, text: formatNumber(state.seq_len) },
    dots: [
      { kind: "mlp", x, y: mlp },
      { kind: "attention", x, y: 1 - mlp },
    ],
    paints: { mlp: "mlp", attention: "attention", scores: "attention" },
    dashed: ["scores"],
  };
}

/** The length at a position of the axis. @param {number} x */
export const lengthAt = (x) => Math.round(SHORTEST * (LONGEST / SHORTEST) ** x);

/** @param {State} state */
export function resultsOf(state) {
  const { mlp, projections, scores } = fractionsOf(state);
  return /** @type {const} */ ([
    [t("flops_share.mlp"), percent(mlp)],
    [t("flops_share.projections"), percent(projections)],
    [t("flops_share.scores"), percent(scores)],
  ]);
}

/** @param {State} state */
export function sentenceOf(state) {
  const { mlp } = fractionsOf(state);
  return t(mlp >= 0.5 ? "flops_share.status.mlp" : "flops_share.status.attention", {
    width: formatNumber(state.d_model),
    length: formatNumber(state.seq_len),
    mlp: percent(mlp),
    attention: percent(1 - mlp),
    crossing: formatNumber(2 * state.d_model),
  });
}
