// The state of a run as the view shows it.

import { schema } from "#schema/train_it_yourself";
import { logPosition } from "../../ui/chart_axes.js";
import { decimal } from "../../ui/numbers.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("#schema/train_it_yourself").Traits} State */
/**
 * What the worker reports. `losses`: of the steps since its last report.
 * @typedef {{ run: number, size: number, step: number, losses: number[], sample: string }} Report
 */

/**
 * `points`: the mean loss of some steps each.
 * @typedef {{ size: number, step: number, points: { step: number, loss: number }[], sample: string }} Progress
 */

export { schema };

/** The rates of the slider. */
export const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
/** The most points of the curve; then pairs of neighbors are averaged. */
const MOST = 400;

/** @type {Progress} */
export const NOTHING = { size: 0, step: 0, points: [], sample: "" };

/** @param {Progress} progress @param {Report} report @returns {Progress} */
export function extended({ points }, { size, step, losses, sample }) {
  const loss = losses.reduce((a, b) => a + b, 0) / losses.length;
  const all = [...points, { step, loss }];
  const fewer =
    all.length <= MOST
      ? all
      : all.flatMap((point, i) => {
          const before = all[i - 1];
          return i % 2 && before
            ? [{ step: point.step, loss: (before.loss + point.loss) / 2 }]
            : [];
        });
  return { size, step, points: fewer, sample };
}

/** The latest loss. @param {Progress} progress */
export const lossOf = ({ points }) => points.at(-1)?.loss;

/** @param {number | undefined} loss */
export const lossText = (loss) => (loss === undefined ? "–" : decimal(loss, 2));

/**
 * @param {Progress} progress
 * @param {number} nCharacters
 * @returns {import("../../ui/chart_picture.js").PaintedChart}
 */
export function chartOf({ points }, nCharacters) {
  const guess = Math.log(Math.max(2, nCharacters));
  const highest = Math.ceil(Math.max(guess * 1.2, 1));
  const last = Math.max(100, points.at(-1)?.step ?? 0);
  const x = (/** @type {number} */ step) => logPosition(step + 10, 10, last + 10);
  const y = (/** @type {number} */ loss) => Math.min(1, loss / highest);
  const steps = [0, 10, 100, 1000, 10_000, 100_000].filter((step) => step <= last);
  return {
    lines: [
      {
        kind: "guess",
        name: t("train.guess"),
        points: [
          [0, y(guess)],
          [1, y(guess)],
        ],
      },
      {
        kind: "loss",
        name: points.length ? t("train.line") : "",
        points: points.map(({ step, loss }) => [x(step), y(loss)]),
      },
    ],
    ticks: steps.map((step) => [x(step), formatNumber(step)]),
    ticksY: Array.from({ length: highest + 1 }, (_, loss) => [loss / highest, String(loss)]),
    axis: t("train.axis"),
    axisY: t("train.axis.y"),
    paints: { loss: "accent", guess: "control" },
    dashed: ["guess"],
  };
}

/** @param {Progress} progress @returns {[name: string, value: string][]} */
export const resultsOf = (progress) => [
  [t("train.loss"), lossText(lossOf(progress))],
  [t("train.step"), formatNumber(progress.step)],
  [t("train.parameters"), progress.size ? formatNumber(progress.size) : "–"],
];

/** @param {Progress} progress @param {number} nCharacters */
export function sentenceOf(progress, nCharacters) {
  const loss = lossOf(progress);
  if (loss === undefined)
    return t("train.status.ready", { n: nCharacters, loss: lossText(Math.log(nCharacters)) });
  return t("train.status", { steps: plural("train.steps", progress.step), loss: lossText(loss) });
}
