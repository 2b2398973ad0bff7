// What the figure shows, without any drawing.

import { lossOf, trainingTokens } from "../../browser/scaling/isoflop.js";
import { logPosition } from "../../ui/chart_axes.js";
import { fixed } from "../../ui/numbers.js";
import { digits, scientific, worded } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("../../browser/scaling/isoflop.js").Valley} Valley */
/** @typedef {{ budget: number, size: number, valleys: readonly Valley[] }} State */

/** The axes: parameters, and loss. */
const [SMALLEST, LARGEST] = [4e7, 1e11];
const [LOWEST, HIGHEST] = [3.5, 7.5];
/** Points of a curve. */
const POINTS = 40;

const xOf = (/** @type {number} */ params) => logPosition(params, SMALLEST, LARGEST);
const yOf = (/** @type {number} */ loss) => (loss - LOWEST) / (HIGHEST - LOWEST);

/** The budget and the model that the reader looks at. @param {State} state */
export function chosen({ budget, size, valleys }) {
  const valley = /** @type {Valley} */ (valleys[budget - 1] ?? valleys[0]);
  const [params, loss] = valley.runs[size - 1] ?? [valley.params, valley.loss];
  return { valley, params, loss, tokens: trainingTokens(valley.flops, params) };
}

/** @param {Valley} valley @returns {[x: number, y: number][]} */
function curveOf(valley) {
  const [first, last] = [valley.runs[0]?.[0] ?? 1, valley.runs.at(-1)?.[0] ?? 1];
  return Array.from({ length: POINTS + 1 }, (_, i) => {
    const params = first * (last / first) ** (i / POINTS);
    return [xOf(params), yOf(lossOf(valley, params))];
  });
}

/** @param {State} state @returns {import("../../ui/chart_picture.js").PaintedChart} */
export function chartOf(state) {
  const { valley, params, loss } = chosen(state);
  const others = state.valleys.filter((other) => other !== valley);
  return {
    lines: [...others, valley].map((each) => ({
      kind: each === valley ? "now" : "other",
      points: curveOf(each),
    })),
    ticks: [1e8, 1e9, 1e10, 1e11].map((n) => [xOf(n), String(n / 1e9)]),
    ticksY: [4, 5, 6, 7].map((n) => [yOf(n), String(n)]),
    axis: t("isoflop.axis"),
    axisY: t("isoflop.axis.y"),
    dots: [
      ...others.map((each) => ({ kind: "best", x: xOf(each.params), y: yOf(each.loss) })),
      ...valley.runs.map(([n, l]) => ({ kind: "run", x: xOf(n), y: yOf(l) })),
      { kind: "best", x: xOf(valley.params), y: yOf(valley.loss) },
    ],
    now: { x: xOf(params), text: `${worded(params)}: ${fixed(loss, 2)}` },
    paints: { now: "accent", run: "accent", best: "ink", other: "line" },
  };
}

/** The size whose run is nearest to a position of the axis. @param {State} state @param {number} x */
export function sizeAt(state, x) {
  const distances = chosen(state).valley.runs.map(([params]) => Math.abs(xOf(params) - x));
  return 1 + distances.indexOf(Math.min(...distances));
}

/** @param {State} state */
export function resultsOf(state) {
  const { params, loss, tokens } = chosen(state);
  return /** @type {const} */ ([
    [t("isoflop.loss"), fixed(loss, 2)],
    [t("isoflop.params"), worded(params)],
    [t("isoflop.tokens"), worded(tokens)],
    [t("isoflop.ratio"), digits(tokens / params)],
  ]);
}

/** @param {State} state */
export function sentenceOf(state) {
  const { valley, params, tokens } = chosen(state);
  const values = {
    flops: scientific(valley.flops),
    params: worded(params),
    tokens: worded(tokens),
    best: worded(valley.params),
  };
  const best = valley.runs.reduce((least, run) => (run[1] < least[1] ? run : least));
  if (params === best[0]) return t("isoflop.status.best", values);
  return t(params < best[0] ? "isoflop.status.small" : "isoflop.status.large", values);
}

/** One row per run. @param {State} state */
export const rowsOf = ({ valleys }) =>
  valleys.flatMap(({ flops, runs }) =>
    runs.map(([params, loss]) => ({ flops, params, tokens: trainingTokens(flops, params), loss })),
  );
