// A training run in words and numbers.

import { decimal } from "../../ui/numbers.js";
import { digits, duration, memory, prefixed, scientific, worded } from "../../ui/quantities.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { CHINCHILLA, comparedWith } from "./run.js";
import "./strings.en.js";

/** @typedef {import("./run.js").Plan} Plan */
/** @typedef {import("./run.js").Run} Run */

/** An amount in the reader's currency. @param {number} amount */
export const money = (amount) =>
  amount < 1e6
    ? amount.toLocaleString("en", { maximumFractionDigits: amount < 100 ? 2 : 0 })
    : worded(amount);
/** A price, with cents. @param {number} amount */
export const price = (amount) =>
  amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** @param {number} mfu */
export const percent = (mfu) => String(Number((100 * mfu).toPrecision(3)));
export { memory };
/** @param {number} perSecond */
export const rate = (perSecond) => prefixed(perSecond, "FLOP/s");

/** The whole run in a sentence. @param {Plan} plan @param {Run} run @param {string} machine */
export function describe(plan, run, machine) {
  return t("calculator.summary", {
    params: worded(plan.activeParams),
    tokens: worded(plan.tokens),
    flops: scientific(run.flops),
    time: duration(run.seconds),
    machines: formatNumber(plan.nMachines),
    machine,
    hours: worded(run.machineHours),
    cost: money(run.cost),
    price: price(plan.price),
  });
}

/** The assumptions, one sentence per assumption. @param {Plan} plan @param {Run} run @param {string} machine @param {string} precision */
export function assumptions(plan, run, machine, precision) {
  const active = plan.activeParams < plan.params;
  return [
    t("calculator.assumed.flops", {
      params: worded(plan.activeParams),
      tokens: worded(plan.tokens),
    }),
    ...(active
      ? [
          t("calculator.assumed.active", {
            all: worded(plan.params),
            active: worded(plan.activeParams),
          }),
        ]
      : []),
    plural("calculator.assumed.rate", plan.nMachines, {
      machine,
      peak: rate(plan.flopsPerSecond),
      precision,
      mfu: percent(plan.mfu),
      rate: rate(run.rate),
    }),
    t("calculator.assumed.price", { price: price(plan.price) }),
    t("calculator.assumed.memory", { bytes: 16 }),
  ];
}

/**
 * The formula beside the hours that were reported for the model.
 * @param {string} title
 * @param {import("./run.js").Reported} reported
 * @param {number} activeParams
 * @param {number} mfu
 */
export function describeReported(title, reported, activeParams, mfu) {
  const { impliedMfu, hours } = comparedWith(reported, activeParams, mfu);
  return t("calculator.reported.what", {
    title,
    source: reported.source,
    hours: worded(reported.machine_hours),
    machine: reported.machine,
    tokens: worded(reported.tokens),
    precision: reported.precision,
    implied: percent(impliedMfu),
    mfu: percent(mfu),
    computed: worded(hours),
    part: percent(hours / reported.machine_hours),
  });
}

/** Tokens per parameter compared with Chinchilla's. @param {number} ratio */
export function describeRatio(ratio) {
  const times = ratio / CHINCHILLA;
  if (times > 1.25) return t("calculator.ratio.more", { times: digits(times), usual: CHINCHILLA });
  if (times < 0.8)
    return t("calculator.ratio.less", {
      part: `${decimal(100 * times, times < 0.1 ? 1 : 0)} %`,
      usual: CHINCHILLA,
    });
  return t("calculator.ratio.same", { usual: CHINCHILLA });
}

/** Whether an equal part fits in the memory of a machine. @param {Run} run @param {number} bytes @param {string} machine */
export function describeFit(run, bytes, machine) {
  const values = {
    machine,
    memory: memory(bytes),
    each: memory(run.bytesEach),
    min: formatNumber(run.minMachines),
  };
  if (!run.fits) return t("calculator.memory.full", values);
  const fraction = run.bytesEach / bytes;
  return t("calculator.memory.fits", {
    ...values,
    percent: fraction < 0.001 ? "< 0.1 %" : `${digits(100 * fraction)} %`,
    left: memory(bytes - run.bytesEach),
  });
}
