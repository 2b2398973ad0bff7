// One operation in numbers, the memory and speed of the whole model, and explanations.

import { Bars } from "../../ui/bars.jsx";
import { Panel } from "../../ui/panel.jsx";
import { digits, duration } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import { pointOf } from "./operations.js";
import { KINDS, PARTS, PHASES } from "./state.js";
import { bytes, describeFit, flops, percent, rate, reasons, speed } from "./text.js";

/** @typedef {import("./operations.js").Point} Point */
/** @typedef {import("./operations.js").Memory} Memory */
/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {import("./state.js").State} State */

/** @param {{ point: Point, points: readonly Point[], peak: number }} props */
export function Details({ point, points, peak }) {
  const { kind, phase, attainable } = point;
  /** @type {[name: string, value: string][]} */
  const numbers = [
    ["flops", flops(point.flops)],
    ["bytes", bytes(point.bytes)],
    ["intensity", digits(point.intensity)],
    [
      "attained",
      t("roofline.attained.value", { rate: rate(attainable), percent: percent(attainable / peak) }),
    ],
  ];
  return (
    <Panel
      kind="roofline-details"
      title={t("roofline.details", {
        kind: t(`roofline.kind.${kind}`),
        phase: t(`roofline.during.${phase}`),
      })}
    >
      <dl>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`roofline.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {kind === "whole" ? <Turns whole={point} points={points} /> : <Longer point={point} />}
    </Panel>
  );
}

/** Whether computing or moving takes longer in one part. @param {{ point: Point }} props */
function Longer({ point: { bound, computing, moving, seconds } }) {
  return (
    <>
      <Bars
        unit={(percentage) => duration((percentage * seconds) / 100)}
        rows={[
          {
            key: "computing",
            label: t("roofline.computing"),
            count: (100 * computing) / seconds,
            now: bound === "compute",
          },
          {
            key: "moving",
            label: t("roofline.moving"),
            count: (100 * moving) / seconds,
            now: bound === "memory",
          },
        ]}
      />
      <p>{t(`roofline.decides.${bound}`, { percent: percent(1 - computing / moving) })}</p>
    </>
  );
}

/** The parts of a whole pass, one after another. @param {{ whole: Point, points: readonly Point[] }} props */
function Turns({ whole: { phase, seconds, waiting }, points }) {
  return (
    <>
      <Bars
        unit={(percentage) => duration((percentage * seconds) / 100)}
        rows={PARTS.map((part) => {
          const point = pointOf(points, part, phase);
          return {
            key: part,
            label: t(`roofline.kind.${part}`),
            count: (100 * point.seconds) / seconds,
            now: point.bound === "memory",
          };
        })}
      />
      <p>{t("roofline.decides.whole", { percent: percent(waiting / seconds) })}</p>
    </>
  );
}

/** @param {{ state: State, points: readonly Point[], memory: Memory, machine: Machine }} props */
export function Capacity({ state, points, memory, machine }) {
  const total = Math.max(memory.bytes, machine.memory_bytes);
  const widthOf = (/** @type {number} */ part) => `${(100 * part) / total}%`;
  return (
    <Panel kind="roofline-capacity" title={t("roofline.capacity")}>
      <dl>
        {PHASES.map((phase) => {
          const point = pointOf(points, "whole", phase);
          return (
            <div key={phase}>
              <dt>{t(`roofline.speed.${phase}`)}</dt>
              <dd>
                {t("roofline.speed", { time: duration(point.seconds), rate: speed(point, state) })}
              </dd>
            </div>
          );
        })}
        <div>
          <dt class="cs336-roofline-is-weights">{t("roofline.weights")}</dt>
          <dd>{bytes(memory.weights)}</dd>
        </div>
        <div>
          <dt class="cs336-roofline-is-cache">{t("roofline.cache")}</dt>
          <dd>{bytes(memory.cache)}</dd>
        </div>
      </dl>
      <div class="cs336-roofline-fill" aria-hidden="true">
        <span class="cs336-roofline-fill-weights" style={{ width: widthOf(memory.weights) }} />
        <span class="cs336-roofline-fill-cache" style={{ width: widthOf(memory.cache) }} />
        <span class="cs336-roofline-limit" style={{ left: widthOf(machine.memory_bytes) }} />
      </div>
      <p>{describeFit(memory, machine)}</p>
    </Panel>
  );
}

/**
 * @param {{ state: State, points: readonly Point[], machine: Machine,
 *   config: import("../../browser/accounting/config.js").GivenConfig }} props
 */
export function Why({ state, points, machine, config }) {
  return (
    <Panel kind="roofline-why" title={t("roofline.why")}>
      {reasons(state, points, machine, config).map((sentence, i) => (
        <p key={i}>{sentence}</p>
      ))}
    </Panel>
  );
}

/** @param {{ points: readonly Point[] }} props */
export function Table({ points }) {
  return (
    <details class="cs336-roofline-table">
      <summary>{t("roofline.table")}</summary>
      <div class="cs336-scrolls" tabIndex={0} role="group" aria-label={t("roofline.table")}>
        <table>
          <thead>
            <tr>
              {["table.operation", "flops", "bytes", "intensity", "table.bound", "table.time"].map(
                (name) => (
                  <th key={name} scope="col">
                    {t(`roofline.${name}`)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {PHASES.flatMap((phase) => KINDS.map((kind) => pointOf(points, kind, phase))).map(
              (point) => (
                <tr key={`${point.phase} ${point.kind}`}>
                  <th scope="row">
                    {t("roofline.details", {
                      kind: t(`roofline.kind.${point.kind}`),
                      phase: t(`roofline.during.${point.phase}`),
                    })}
                  </th>
                  <td>{flops(point.flops)}</td>
                  <td>{bytes(point.bytes)}</td>
                  <td>{digits(point.intensity)}</td>
                  <td>{t(`roofline.bound.${point.bound}`)}</td>
                  <td>{duration(point.seconds)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}
