// What the figure shows, without any drawing.

import { schema } from "#schema/answer_length";
import { exactMatch, toyAccuracy } from "../../browser/scaling/emergence.js";
import { PERCENTAGES } from "../../ui/chart_axes.js";
import { percent } from "../../ui/numbers.js";
import { scientific } from "../../ui/quantities.js";
import { within } from "../../ui/state.js";
import { plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("#schema/answer_length").Traits} State */

const { min: FIRST, max: LAST } = schema.exponent;
const SPAN = LAST - FIRST;
/** Points of a curve per tenfold increase in compute. */
const POINTS = 20;

/** Where the two curves are at 10 to the power of `exponent` FLOPs. @param {number} exponent @param {number} length */
export function accuracies(exponent, length) {
  const digit = toyAccuracy(10 ** exponent);
  return { digit, answer: exactMatch(digit, length) };
}

/** More decimals near 100%, where the curves of long answers part. @param {number} fraction */
const accuracyText = (fraction) => percent(fraction, fraction < 0.995 ? 1 : 2);

/** One row per point of the curves. @param {State} state */
export function rowsOf({ length }) {
  return Array.from({ length: SPAN * POINTS + 1 }, (_, i) => {
    const exponent = FIRST + i / POINTS;
    const { digit, answer } = accuracies(exponent, length);
    return { train_flops: 10 ** exponent, digit, answer };
  });
}

/** @param {State} state @returns {import("../../ui/chart_picture.js").PaintedChart} */
export function chartOf(state) {
  const { exponent, length } = state;
  const rows = rowsOf(state);
  const x = (exponent - FIRST) / SPAN;
  const { digit, answer } = accuracies(exponent, length);
  return {
    lines: [
      {
        kind: "digit",
        name: t("answer_length.digit.short"),
        points: rows.map((row, i) => [i / (SPAN * POINTS), row.digit]),
      },
      {
        kind: "answer",
        name: t("answer_length.answer.short"),
        points: rows.map((row, i) => [i / (SPAN * POINTS), row.answer]),
      },
    ],
    ticks: [18, 20, 22, 24, 26].map((power) => [
      (power - FIRST) / SPAN,
      scientific(10 ** power).slice(4),
    ]),
    ticksY: PERCENTAGES,
    axis: t("answer_length.axis"),
    axisY: t("answer_length.axis.y"),
    now: { x, text: scientific(10 ** exponent) },
    dots: [
      { kind: "digit", x, y: digit },
      { kind: "answer", x, y: answer },
    ],
    paints: { digit: "control", answer: "accent" },
    dashed: ["digit"],
  };
}

/** The exponent at a position of the axis, to a tenth. @param {number} x */
export const exponentAt = (x) => within(Math.round(10 * (FIRST + x * SPAN)) / 10, FIRST, LAST);

/** @param {State} state */
export function resultsOf({ exponent, length }) {
  const { digit, answer } = accuracies(exponent, length);
  return /** @type {const} */ ([
    [plural("answer_length.answer", length), accuracyText(answer)],
    [t("answer_length.digit"), accuracyText(digit)],
  ]);
}

/** @param {State} state */
export function sentenceOf({ exponent, length }) {
  const { digit, answer } = accuracies(exponent, length);
  return plural("answer_length.status", length, {
    flops: scientific(10 ** exponent),
    digit: accuracyText(digit),
    answer: accuracyText(answer),
  });
}
