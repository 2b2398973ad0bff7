// The losses of a run, as its file has them, and where they are in the chart.

import { schema } from "#schema/training_run";
import { decimal } from "../../ui/numbers.js";
import { within } from "../../ui/state.js";
import { formatNumber, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("#schema/training_run").Traits & { files?: Record<string, string> }} State */
/** @typedef {{ step: number, train?: number, stories: number, plays: number }} Point */
/** @typedef {{ checkpoints: number[], curve: Point[] }} Run */

export { schema };

/** The steps of the checkpoints. @type {readonly number[]} */
export const STEPS = schema.checkpoint.steps;
const TOKENS_PER_STEP = 1024; // 16 sequences of 64
const LAST = Number(STEPS.at(-1));
const HIGHEST = 8;

/** The file of a checkpoint. @param {number} checkpoint its index */
export const fileOf = (checkpoint) =>
  STEPS[checkpoint] === LAST ? "small" : `small-${STEPS[checkpoint]}`;

/** The position of a step, from 0 to 1: most happens early. @param {number} step */
export const positionOf = (step) => Math.log1p(step / 10) / Math.log1p(LAST / 10);

/** The checkpoint nearest to a position. @param {number} x */
export function checkpointAt(x) {
  const distances = STEPS.map((step) => Math.abs(positionOf(step) - x));
  return distances.indexOf(Math.min(...distances));
}

/** @param {number} checkpoint */
export const bounded = (checkpoint) => within(Math.round(checkpoint), 0, STEPS.length - 1);

/** The losses at a checkpoint. @param {Run} run @param {number} checkpoint @returns {Point | undefined} */
export const pointAt = ({ curve }, checkpoint) =>
  curve.find(({ step }) => step === STEPS[checkpoint]);

const LINES = /** @type {const} */ (["train", "plays", "stories"]);

/**
 * @param {Run} run
 * @param {number} checkpoint
 * @returns {import("../../ui/chart_picture.js").PaintedChart}
 */
export function chartOf(run, checkpoint) {
  const step = Number(STEPS[checkpoint]);
  const at = pointAt(run, checkpoint);
  return {
    lines: LINES.map((kind) => ({
      kind,
      name: t(`run.line.${kind}`),
      points: run.curve.flatMap((point) => {
        const loss = point[kind];
        return loss === undefined
          ? []
          : [/** @type {const} */ ([positionOf(point.step), loss / HIGHEST])];
      }),
    })),
    ticks: [0, 10, 100, 1000].map((n) => [positionOf(n), formatNumber(n)]),
    ticksY: [0, 2, 4, 6, 8].map((n) => [n / HIGHEST, String(n)]),
    axis: t("run.axis"),
    axisY: t("run.axis.y"),
    now: { x: positionOf(step), text: t("run.now", { step: formatNumber(step) }) },
    dots: at
      ? [
          { kind: "stories", x: positionOf(step), y: at.stories / HIGHEST },
          { kind: "plays", x: positionOf(step), y: at.plays / HIGHEST },
        ]
      : [],
    paints: { train: "control", stories: "accent", plays: "ink" },
    dashed: ["train"],
  };
}

/** @param {Run} run @param {number} checkpoint @returns {[name: string, value: string][]} */
export function resultsOf(run, checkpoint) {
  const step = Number(STEPS[checkpoint]);
  return [
    [t("run.step"), formatNumber(step)],
    [t("run.tokens"), formatNumber(step * TOKENS_PER_STEP)],
    [t("run.loss"), decimal(pointAt(run, checkpoint)?.stories ?? 0, 2)],
  ];
}

/** @param {Run} run */
export const rowsOf = ({ curve }) =>
  curve.map(({ step, train, stories, plays }) => ({ step, train: train ?? "", stories, plays }));
