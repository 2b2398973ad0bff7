// What the figure shows, without any drawing.

import { schema } from "#schema/tokens_per_pass";
import { boundOf, ridgeOf as ridgePoint } from "../../browser/accounting/roofline.js";
import { logPosition } from "../../ui/chart_axes.js";
import { duration, worded } from "../../ui/quantities.js";
import { roundNumbers } from "../../ui/stops.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/**
 * @typedef {import("../../browser/accounting/roofline.js").Machine & { bytes_per_param: number }} Chip
 * @typedef {{ tokens: number, billion_params: number, chip: Chip }} State
 */

const { min: FEWEST, max: MOST } = schema.tokens;
export const TOKENS = roundNumbers(FEWEST, MOST);
export const PARAMS = roundNumbers(schema.billion_params.min, schema.billion_params.max);
/** The time axis, in seconds. */
const [SHORTEST, LONGEST] = [1e-6, 1];

const xOf = (/** @type {number} */ tokens) => logPosition(tokens, FEWEST, MOST);
const yOf = (/** @type {number} */ seconds) => logPosition(seconds, SHORTEST, LONGEST);

/**
 * The two parts of a pass, which overlap: the longer one is its minimum time.
 * @param {State} state
 * @param {number} [tokens]
 */
export function timesOf({ billion_params: billions, chip, tokens: own }, tokens = own) {
  const params = 1e9 * billions;
  const [flops, bytes] = [2 * params * tokens, chip.bytes_per_param * params];
  const { moving: reading, computing, seconds } = boundOf(flops, bytes, chip, "bf16");
  return { reading, computing, seconds };
}

/** The tokens from which a pass is compute-bound. @param {Chip} chip */
export const ridgeOf = (chip) => (ridgePoint(chip, "bf16") * chip.bytes_per_param) / 2;

/** @param {State} state @returns {import("../../ui/chart_picture.js").PaintedChart} */
export function chartOf(state) {
  const { tokens, chip } = state;
  const { reading, seconds } = timesOf(state);
  const ends = [FEWEST, MOST];
  const ridge = ridgeOf(chip);
  return {
    lines: [
      {
        kind: "reading",
        name: t("tokens_per_pass.reading.short"),
        points: ends.map((n) => [xOf(n), yOf(reading)]),
      },
      {
        kind: "computing",
        name: t("tokens_per_pass.computing.short"),
        points: ends.map((n) => [xOf(n), yOf(timesOf(state, n).computing)]),
      },
      {
        kind: "pass",
        points: [FEWEST, ridge, MOST].map((n) => [xOf(n), yOf(timesOf(state, n).seconds)]),
      },
    ],
    ticks: [1, 10, 100, 1000].map((n) => [xOf(n), formatNumber(n)]),
    ticksY: [1e-5, 1e-4, 1e-3, 1e-2, 1e-1].map((n) => [yOf(n), duration(n)]),
    axis: t("tokens_per_pass.axis"),
    axisY: t("tokens_per_pass.axis.y"),
    now: { x: xOf(tokens), text: duration(seconds) },
    dots: [{ kind: "pass", x: xOf(tokens), y: yOf(seconds) }],
    paints: { reading: "control", computing: "control", pass: "accent" },
    dashed: ["reading", "computing"],
  };
}

/** The number of tokens at a position of the axis. @param {number} x */
export const tokensAt = (x) => Math.round(FEWEST * (MOST / FEWEST) ** x);

/** @param {State} state */
export function resultsOf(state) {
  const { reading, computing, seconds } = timesOf(state);
  return /** @type {const} */ ([
    [t("tokens_per_pass.seconds"), duration(seconds)],
    [t("tokens_per_pass.reading"), duration(reading)],
    [t("tokens_per_pass.computing"), duration(computing)],
    [t("tokens_per_pass.rate"), formatNumber(Math.round(state.tokens / seconds))],
  ]);
}

/** @param {State} state */
export function sentenceOf(state) {
  const { reading, computing } = timesOf(state);
  const busy = Math.round(100 * Math.min(1, computing / reading));
  const bound = computing >= reading ? "compute" : "memory";
  return plural(`tokens_per_pass.status.${bound}`, state.tokens, {
    params: worded(1e9 * state.billion_params),
    chip: state.chip.name,
    busy: busy < 1 ? t("tokens_per_pass.under", { n: 1 }) : busy,
    ridge: formatNumber(Math.round(ridgeOf(state.chip))),
  });
}

/** One row per number of tokens. @param {State} state */
export const rowsOf = (state) => TOKENS.map((tokens) => ({ tokens, ...timesOf(state, tokens) }));
