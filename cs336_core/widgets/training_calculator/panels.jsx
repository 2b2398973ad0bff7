// Memory, tokens per parameter, and the same run on other machines.

import { Panel } from "../../ui/panel.jsx";
import { digits, duration } from "../../ui/quantities.js";
import { within } from "../../ui/state.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { BYTES, CHINCHILLA, STORED } from "./run.js";
import { describeFit, describeRatio, describeReported, memory, rate } from "./text.js";

/** @typedef {import("./export.js").Result} Result */

/** @param {{ result: Result }} props */
export function Memory({ result: { plan, run, machine } }) {
  const fraction = Math.min(1, run.bytesEach / plan.memoryBytes);
  /** @param {string} name @param {number} bytes */
  const row = (name, bytes) => (
    <tr key={name}>
      <th scope="row">{t(`calculator.memory.${name}`)}</th>
      <td>{bytes}</td>
      <td>{memory(bytes * plan.params)}</td>
      <td>{memory((bytes * plan.params) / plan.nMachines)}</td>
    </tr>
  );
  return (
    <Panel kind="calculator-memory" title={t("calculator.memory")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("calculator.memory.part")}</th>
            <th scope="col">{t("calculator.memory.bytes")}</th>
            <th scope="col">{t("calculator.memory.all")}</th>
            <th scope="col">{plural("calculator.memory.each", plan.nMachines)}</th>
          </tr>
        </thead>
        <tbody>{STORED.map(([name, bytes]) => row(name, bytes))}</tbody>
        <tfoot>{row("sum", BYTES)}</tfoot>
      </table>
      <div
        class={`cs336-calculator-fill${run.fits ? "" : " cs336-calculator-full"}`}
        aria-hidden="true"
      >
        <span style={{ width: `${100 * fraction}%` }} />
      </div>
      <p>{describeFit(run, plan.memoryBytes, machine)}</p>
    </Panel>
  );
}

/** @param {{ model: import("./state.js").Model | undefined, plan: import("./run.js").Plan }} props */
export function ReportedRun({ model, plan }) {
  const reported = model?.reported;
  return (
    <Panel kind="calculator-reported" title={t("calculator.reported")}>
      <p>
        {model && reported
          ? describeReported(model.title, reported, plan.activeParams, plan.mfu)
          : t("calculator.reported.none")}
      </p>
    </Panel>
  );
}

const [MIN_RATIO, MAX_RATIO] = [0.1, 100_000];
/** The position of a ratio on the scale, in percent. @param {number} ratio */
const positionOf = (ratio) =>
  (100 * Math.log(within(ratio, MIN_RATIO, MAX_RATIO) / MIN_RATIO)) /
  Math.log(MAX_RATIO / MIN_RATIO);

/** @param {{ ratio: number }} props */
export function Ratio({ ratio }) {
  return (
    <Panel kind="calculator-ratio" title={t("calculator.ratio")}>
      <p class="cs336-figure-number">{digits(ratio)}</p>
      <div
        class="cs336-calculator-scale"
        role="img"
        aria-label={t("calculator.ratio.axis", {
          min: MIN_RATIO,
          max: formatNumber(MAX_RATIO),
          n: digits(ratio),
          usual: CHINCHILLA,
        })}
      >
        <span class="cs336-calculator-usual" style={{ left: `${positionOf(CHINCHILLA)}%` }} />
        <span class="cs336-calculator-here" style={{ left: `${positionOf(ratio)}%` }} />
        <span
          class="cs336-calculator-usual-name cs336-quiet"
          style={{ left: `${positionOf(CHINCHILLA)}%` }}
        >
          {t("calculator.ratio.chinchilla", { usual: CHINCHILLA })}
        </span>
      </div>
      <p>{describeRatio(ratio)}</p>
    </Panel>
  );
}

/** @param {{ all: Result[], now: string }} props */
export function Machines({ all, now }) {
  return (
    <Panel kind="calculator-machines" title={t("calculator.others")}>
      <table>
        <thead>
          <tr>
            {["machine", "peak", "time", "memory"].map((name) => (
              <th key={name} scope="col">
                {t(`calculator.others.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.map(({ key, machine, precision, plan, run }) => (
            <tr key={key} data-now={key === now || undefined}>
              <th scope="row">{machine}</th>
              <td>
                {rate(plan.flopsPerSecond)} <span class="cs336-quiet">{precision}</span>
              </td>
              <td>{duration(run.seconds)}</td>
              <td>{t(`calculator.others.${run.fits ? "yes" : "no"}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
