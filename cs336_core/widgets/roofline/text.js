// The figure in words and numbers.

import { ridgeOf } from "../../browser/accounting/roofline.js";
import { memory as bytes, digits, duration, prefixed, scientific } from "../../ui/quantities.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { pointOf } from "./operations.js";
import { PHASES } from "./state.js";
import "./strings.en.js";

/** @typedef {import("./operations.js").Point} Point */
/** @typedef {import("./operations.js").Memory} Memory */
/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {import("./state.js").State} State */

/** @param {number} perSecond */
export const rate = (perSecond) => prefixed(perSecond, "FLOP/s");
export { bytes };
/** @param {number} flops */
export const flops = (flops) => prefixed(flops, "FLOPs");
/** A fraction as a percentage. @param {number} fraction */
export const percent = (fraction) => `${fraction > 0.9995 ? "100" : digits(100 * fraction)} %`;

/** How many tokens a pass reads or generates. @param {State} state */
export const tokensOf = ({ phase, batch, context }) =>
  phase === "prefill" ? batch * context : batch;

/** @param {number} n */
const sequences = (n) => plural("roofline.sequences", n);
/** @param {number} n */
const tokens = (n) => plural("roofline.tokens", n);

/** Whether it fits in memory. @param {Memory} memory @param {Machine} machine */
export function describeFit(memory, machine) {
  return t(`roofline.fit.${memory.fits ? "yes" : "no"}`, {
    bytes: bytes(memory.bytes),
    memory: bytes(machine.memory_bytes),
  });
}

/** Tokens per second. @param {Point} whole @param {State} state */
export const speed = (whole, state) =>
  digits(tokensOf({ ...state, phase: whole.phase }) / whole.seconds);

/**
 * The whole pass of the chosen phase.
 * @param {State} state
 * @param {Point} whole
 * @param {Memory} memory
 * @param {Machine} machine
 */
export function describe(state, whole, memory, machine) {
  return t(`roofline.summary.${state.phase}`, {
    tokens: formatNumber(tokensOf(state)),
    batch: sequences(state.batch),
    context: tokens(state.context),
    bound: t(`roofline.bound.${whole.bound}`),
    time: duration(whole.seconds),
    rate: speed(whole, state),
    fit: describeFit(memory, machine),
  });
}

/** An operation's row for screen readers, between its name and its time. @param {Point} point */
export function describeRow(point) {
  return t("roofline.row", {
    phase: t(`roofline.during.${point.phase}`),
    intensity: digits(point.intensity),
    bound: t(`roofline.bound.${point.bound}`),
  });
}

/**
 * Why prefill and decode have these intensities.
 * @param {State} state
 * @param {readonly Point[]} points
 * @param {Machine} machine
 * @param {import("../../browser/accounting/config.js").GivenConfig} config
 */
export function reasons(
  { batch, context, precision, moved, bytes_per_value: sizes },
  points,
  machine,
  { experts },
) {
  const size = sizes[precision] ?? 2;
  const ridge = ridgeOf(machine, precision);
  const [prefill, decode] = PHASES.map((phase) => digits(pointOf(points, "mlp", phase).intensity));
  return [
    t("roofline.why.prefill", {
      size: plural("roofline.size", size),
      n: formatNumber(batch * context),
      intensity: formatNumber((2 * batch * context) / size),
    }),
    ...(moved === "weights" || experts ? [] : [t("roofline.why.vectors", { left: prefill ?? "" })]),
    t("roofline.why.decode", {
      intensity: formatNumber((2 * batch) / size),
      machine: machine.name,
      ridge: digits(ridge),
      needed: formatNumber(Math.ceil((ridge * size) / 2)),
    }),
    ...(experts
      ? [
          t("roofline.why.experts", {
            n: experts.n_experts,
            active: experts.n_active,
            prefill: prefill ?? "",
            decode: decode ?? "",
          }),
        ]
      : []),
    t("roofline.why.cache"),
    t("roofline.why.head"),
  ];
}

/** A power of ten on an axis. @param {number} exponent */
export const power = (exponent) =>
  exponent < 3 ? String(Number(`1e${exponent}`)) : scientific(10 ** exponent).replace("1 × ", "");
