// The results, the formula of the time, and the assumptions.

import { Panel } from "../../ui/panel.jsx";
import { duration, scientific, worded } from "../../ui/quantities.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { assumptions, money, percent, rate } from "./text.js";

/** @typedef {import("./export.js").Result} Result */

/** The results of a run. @param {import("./run.js").Run} run @returns {[name: string, value: string][]} */
export const resultsOf = (run) => [
  [t("calculator.time"), duration(run.seconds)],
  [t("calculator.flops"), scientific(run.flops)],
  [t("calculator.hours"), worded(run.machineHours)],
  [t("calculator.cost"), money(run.cost)],
];

/** A factor with its name below it. @param {{ value: string, name?: string }} props */
function Factor({ value, name }) {
  return (
    <span class="cs336-calculator-factor">
      <span>{value}</span>
      {name && <span class="cs336-quiet">{name}</span>}
    </span>
  );
}

/** 6 N D divided by the FLOPs that the machines compute per second. @param {{ result: Result }} props */
export function Formula({ result: { plan, run, precision } }) {
  const active = plan.activeParams < plan.params ? "active" : "parameters";
  return (
    <Panel kind="calculator-formula" title={t("calculator.formula")}>
      <p class="cs336-calculator-fraction">
        <span class="cs336-calculator-over">
          <span>
            <Factor value="6" />×
            <Factor value={worded(plan.activeParams)} name={t(`calculator.formula.${active}`)} />×
            <Factor value={worded(plan.tokens)} name={t("calculator.formula.tokens")} />
          </span>
          <span>
            <Factor
              value={formatNumber(plan.nMachines)}
              name={plural("calculator.formula.machines", plan.nMachines)}
            />
            ×
            <Factor
              value={rate(plan.flopsPerSecond)}
              name={t("calculator.formula.peak", { precision })}
            />
            ×
            <Factor value={`${percent(plan.mfu)} %`} name={t("calculator.formula.mfu")} />
          </span>
        </span>
        <span class="cs336-calculator-equals">= {duration(run.seconds)}</span>
      </p>
    </Panel>
  );
}

/** @param {{ result: Result }} props */
export function Assumptions({ result: { plan, run, machine, precision } }) {
  return (
    <Panel kind="calculator-assumed" title={t("calculator.assumed")}>
      <ul>
        {assumptions(plan, run, machine, precision).map((sentence, i) => (
          <li key={i}>{sentence}</li>
        ))}
      </ul>
    </Panel>
  );
}
