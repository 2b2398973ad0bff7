// The score at every distance, with a mark at the present one.

import { useMemo } from "preact/hooks";
import { decimal } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { placed } from "./shapes.js";

const [WIDTH, HEIGHT] = [1000, 100];
/** The least distance of two numbers beside the curve, as a part of its height. */
const APART = 0.18;

/**
 * @param {{ scores: { distance: number, score: number }[], distance: number, pick: (distance: number) => void }} props
 *   `pick`: what a pointer does that is dragged along the curve
 */
export function DistanceCurve({ scores, distance, pick }) {
  const { points, up } = useMemo(() => placed(scores), [scores]);
  const line = useMemo(
    () => points.map(([x, y]) => `${(WIDTH * x).toFixed(1)},${(HEIGHT * y).toFixed(2)}`).join(" "),
    [points],
  );
  const most = (scores.length - 1) / 2;
  const [x, y] = points[distance + most] ?? [0.5, 0.5];
  const all = scores.map(({ score }) => score);
  const [least, highest] = [Math.min(...all), Math.max(...all)];
  const title = t("rotary.curve.title", {
    least: decimal(least, 2),
    most: decimal(highest, 2),
    from: decimal(-most, 0),
    to: most,
    score: decimal(all[distance + most] ?? 0, 2),
    distance: decimal(distance, 0),
  });
  // The lowest and the highest score, and zero where there is room for it between them.
  const ticks = [0, least, highest].filter((tick, i, before) =>
    before.slice(0, i).every((other) => Math.abs(up(other) - up(tick)) > APART),
  );
  /** @param {PointerEvent} event */
  const choose = (event) => {
    const { left, width } = /** @type {HTMLElement} */ (
      event.currentTarget
    ).getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    pick(Math.round((2 * share - 1) * most));
  };
  return (
    <Panel kind="rotary-curve" title={t("rotary.curve")}>
      <p class="cs336-quiet">{t("rotary.curve.try")}</p>
      <div class="cs336-rotary-chart">
        <div class="cs336-rotary-scale cs336-quiet" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ top: `${100 * up(tick)}%` }}>
              {decimal(tick, tick === 0 ? 0 : 2)}
            </span>
          ))}
        </div>
        <div
          class="cs336-rotary-plot"
          role="img"
          aria-label={title}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            choose(event);
          }}
          onPointerMove={(event) =>
            event.currentTarget.hasPointerCapture(event.pointerId) && choose(event)
          }
        >
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <path
              class="cs336-rotary-zero"
              d={`M0 ${HEIGHT * up(0)}H${WIDTH}M${WIDTH / 2} 0V${HEIGHT}`}
            />
            <polyline class="cs336-rotary-line" points={line} />
            <path class="cs336-rotary-here" d={`M${WIDTH * x} 0V${HEIGHT}`} />
          </svg>
          <span class="cs336-rotary-dot" style={{ left: `${100 * x}%`, top: `${100 * y}%` }} />
        </div>
        <p class="cs336-rotary-axis cs336-quiet" aria-hidden="true">
          <span>{decimal(-most, 0)}</span>
          <span>0</span>
          <span>{most}</span>
        </p>
        <p class="cs336-rotary-axis-name cs336-quiet">{t("rotary.curve.axis")}</p>
      </div>
    </Panel>
  );
}
