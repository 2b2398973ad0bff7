// The run's data and picture, as text for the reader to save.

import { MARGIN, Picture } from "../../ui/picture.js";
import { duration, scientific, worded } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import { money, rate } from "./text.js";

/** @typedef {import("./run.js").Plan} Plan */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {{ key: string, machine: string, precision: string, plan: Plan, run: Run }} Result */

/** One row per machine. @param {Result[]} all */
export function machineRows(all) {
  return all.map(({ machine, precision, plan, run }) => ({
    machine,
    precision,
    flops_per_second: plan.flopsPerSecond,
    seconds: run.seconds,
    days: run.seconds / 86_400,
    machine_hours: run.machineHours,
    bytes_each: run.bytesEach,
    fits: String(run.fits),
  }));
}

/** @param {string} model @param {Result} content @param {Result[]} all */
export function jsonText(model, { machine, precision, plan, run }, all) {
  const data = {
    model: model || null,
    params: plan.params,
    active_params: plan.activeParams,
    tokens: plan.tokens,
    machine,
    precision,
    flops_per_second: plan.flopsPerSecond,
    memory_bytes: plan.memoryBytes,
    n_machines: plan.nMachines,
    mfu: plan.mfu,
    price_per_machine_hour: plan.price,
    flops: run.flops,
    seconds: run.seconds,
    days: run.seconds / 86_400,
    machine_hours: run.machineHours,
    cost: run.cost,
    tokens_per_param: run.tokensPerParam,
    bytes: run.bytes,
    bytes_each: run.bytesEach,
    fits: run.fits,
    machines: machineRows(all),
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

/**
 * The four results, the run on each machine, and the caption.
 * @param {Result} content
 * @param {Result[]} all
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG({ key, run }, all, caption, color) {
  const picture = new Picture(color);
  /** @type {[name: string, value: string][]} */
  const results = [
    ["calculator.time", duration(run.seconds)],
    ["calculator.flops", scientific(run.flops)],
    ["calculator.hours", worded(run.machineHours)],
    ["calculator.cost", money(run.cost)],
  ];
  results.forEach(([name, value], i) => {
    const x = MARGIN + 172 * i;
    picture.text(t(name), x, 34, { color: "quiet" });
    picture.parts.push(
      `<text x="${x}" y="64" font-size="22" font-weight="600" text-anchor="start" font-family="sans-serif" fill="${color("ink")}">${value}</text>`,
    );
  });
  picture.y = 104;
  picture.text(t("calculator.others"), MARGIN, picture.y);
  for (const other of all) {
    picture.y += 24;
    const paint = { color: other.key === key ? "accent" : "quiet" };
    picture.text(other.machine, MARGIN, picture.y, paint);
    picture.text(
      `${rate(other.plan.flopsPerSecond)} ${t("calculator.formula.peak", { precision: other.precision })}`,
      216,
      picture.y,
      paint,
    );
    picture.text(duration(other.run.seconds), 460, picture.y, paint);
  }
  picture.y += 8;
  picture.caption(caption);
  return picture.toSVG(caption);
}
