// The operations on one axis: a row per operation, with a mark for prefill and one for decode.

import { Panel } from "../../ui/panel.jsx";
import { duration } from "../../ui/quantities.js";
import { formatNumber, t } from "../../ui/strings.js";
import { pointOf } from "./operations.js";
import { markClass } from "./plot.jsx";
import { positionOf } from "./scale.js";
import { KINDS, PHASES } from "./state.js";
import { describeRow } from "./text.js";

/** @typedef {import("./operations.js").Point} Point */
/** @typedef {import("./state.js").State} State */

/**
 * @param {{ state: State, points: readonly Point[], ridge: number, decades: readonly [number, number],
 *   shown: Point, look: (point: Point | undefined) => void, choose: (point: Point) => void }} props
 */
export function Rows({ state, points, ridge, decades, shown, look, choose }) {
  const leftOf = (/** @type {number} */ intensity) =>
    `${(100 * positionOf(intensity, decades)).toFixed(2)}%`;
  return (
    <Panel kind="roofline-rows" title={t("roofline.operations")}>
      <ol style={{ "--ridge": leftOf(ridge) }}>
        {KINDS.map((kind) => {
          const [prefill, decode] = /** @type {[Point, Point]} */ (
            PHASES.map((phase) => pointOf(points, kind, phase))
          );
          const now = state.phase === "prefill" ? prefill : decode;
          const [from, to] = [prefill, decode]
            .map(({ intensity }) => positionOf(intensity, decades))
            .sort((a, b) => a - b);
          return (
            <li key={kind}>
              <button
                type="button"
                aria-pressed={kind === state.operation}
                onClick={() => choose(now)}
                onPointerEnter={() => look(now)}
                onPointerLeave={() => look(undefined)}
                onFocus={() => look(now)}
                onBlur={() => look(undefined)}
              >
                <span class="cs336-roofline-kind">{t(`roofline.kind.${kind}`)}</span>
                <span class="cs336-unseen">{describeRow(now)}</span>
                <span class="cs336-roofline-track" aria-hidden="true">
                  <span
                    class="cs336-roofline-between"
                    style={{ left: `${100 * (from ?? 0)}%`, right: `${100 * (1 - (to ?? 0))}%` }}
                  />
                  {[prefill, decode].map((point) => (
                    <span
                      key={point.phase}
                      class={markClass(point, point === shown)}
                      style={{ left: leftOf(point.intensity) }}
                    />
                  ))}
                </span>
                <span class="cs336-roofline-time">{duration(now.seconds)}</span>
              </button>
            </li>
          );
        })}
      </ol>
      <p class="cs336-roofline-legend cs336-quiet">
        {PHASES.map((phase) => (
          <span key={phase}>
            <span class={`cs336-roofline-mark cs336-roofline-whole cs336-roofline-${phase}`} />
            {t(`roofline.legend.${phase}`, {
              n: formatNumber(state.batch),
              context: formatNumber(state.context),
            })}
          </span>
        ))}
        <span>{t("roofline.legend.time", { phase: t(`roofline.during.${state.phase}`) })}</span>
      </p>
    </Panel>
  );
}
