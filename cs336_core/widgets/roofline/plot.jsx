// The roofline of the machine, and the operations on it.

import { ridgeOf } from "../../browser/accounting/roofline.js";
import { digits, prefixed } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import { positionOf, RATES, roofOf, ticksOf } from "./scale.js";
import { power, rate } from "./text.js";

/** @typedef {import("./operations.js").Point} Point */
/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {readonly [first: number, last: number]} Decades */

/** The classes of a point's mark. @param {Point} point @param {boolean} now */
export const markClass = ({ kind, phase }, now) =>
  `cs336-roofline-mark cs336-roofline-${kind} cs336-roofline-${phase}${now ? " cs336-roofline-now" : ""}`;

/** @param {number} fraction */
const percent = (fraction) => `${(100 * fraction).toFixed(2)}%`;

/** The grid of decades, the two areas below the roof, and the roof. @param {{ roof: [number, number][], decades: Decades }} props */
function Lines({ roof, decades }) {
  const [left = [0, 0], ridge = [0, 0], right = [0, 0]] = roof.map(([x, y]) => [
    1000 * x,
    1000 * (1 - y),
  ]);
  const upright = ticksOf(decades).map(
    (tick) => `M${1000 * positionOf(10 ** tick, decades)} 0V1000`,
  );
  const across = ticksOf(RATES).map(
    (tick) => `M0 ${1000 * (1 - positionOf(10 ** tick, RATES))}H1000`,
  );
  return (
    <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      <path class="cs336-roofline-under-memory" d={`M${left}L${ridge}V1000H0Z`} />
      <path class="cs336-roofline-under-compute" d={`M${ridge}L${right}V1000H${ridge[0]}Z`} />
      <path class="cs336-roofline-grid" d={[...upright, ...across].join("")} />
      <path class="cs336-roofline-ridge" d={`M${ridge}V1000`} />
      <polyline class="cs336-roofline-roof" points={[left, ridge, right].join(" ")} />
    </svg>
  );
}

/**
 * @param {{ machine: Machine, precision: string, points: readonly Point[], decades: Decades, shown: Point,
 *   look: (point: Point | undefined) => void, choose: (point: Point) => void }} props
 *   `look`: shows a point while the pointer is on it
 */
export function Plot({ machine, precision, points, decades, shown, look, choose }) {
  const peak = machine.flops_per_second[precision] ?? 0;
  const ridge = ridgeOf(machine, precision);
  const roof = roofOf(peak, machine.bytes_per_second, decades);
  const [, [x, y] = [0, 0]] = roof;
  const [half, middle] = [positionOf(ridge / 100, decades), positionOf(peak / 100, RATES)];
  const description = t("roofline.plot.summary", {
    machine: machine.name,
    precision,
    bandwidth: prefixed(machine.bytes_per_second, "B/s"),
    ridge: digits(ridge),
    peak: rate(peak),
  });
  return (
    <div class="cs336-roofline-plot">
      <p class="cs336-roofline-axis-y cs336-quiet">{t("roofline.plot")}</p>
      <div class="cs336-roofline-area" role="img" aria-label={description}>
        <Lines roof={roof} decades={decades} />
        {ticksOf(RATES).map((tick) => (
          <span
            key={tick}
            class="cs336-roofline-tick-y"
            style={{ bottom: percent(positionOf(10 ** tick, RATES)) }}
          >
            {prefixed(10 ** tick, "")}
          </span>
        ))}
        <span
          class="cs336-roofline-name"
          style={{ right: "0.25rem", bottom: `calc(${percent(y)} + 0.25rem)` }}
        >
          {t("roofline.peak", { rate: rate(peak), precision })}
        </span>
        <span
          class="cs336-roofline-name cs336-roofline-slope"
          style={{ left: percent(half), top: percent(1 - middle) }}
        >
          {prefixed(machine.bytes_per_second, "B/s")}
        </span>
        <span class="cs336-roofline-region" style={{ right: `calc(${percent(1 - x)} + 0.5rem)` }}>
          {t("roofline.memory")}
        </span>
        <span class="cs336-roofline-region" style={{ left: `calc(${percent(x)} + 0.5rem)` }}>
          {t("roofline.compute")}
        </span>
        {points.map((point) => (
          <span
            key={`${point.kind} ${point.phase}`}
            class={markClass(point, point === shown)}
            style={{
              left: percent(positionOf(point.intensity, decades)),
              bottom: percent(positionOf(point.attainable, RATES)),
            }}
            onPointerEnter={() => look(point)}
            onPointerLeave={() => look(undefined)}
            onClick={() => choose(point)}
          />
        ))}
      </div>
      <div class="cs336-roofline-ticks-x" aria-hidden="true">
        {ticksOf(decades).map((tick) => (
          <span
            key={tick}
            style={{ left: `min(${percent(positionOf(10 ** tick, decades))}, 100% - 0.5rem)` }}
          >
            {power(tick)}
          </span>
        ))}
        <strong style={{ left: percent(x) }}>{t("roofline.ridge", { n: digits(ridge) })}</strong>
      </div>
      <p class="cs336-roofline-axis-x cs336-quiet">{t("roofline.axis.x")}</p>
    </div>
  );
}
