// The score at every distance, with a mark at the current one.

import { useMemo } from "preact/hooks";
import { decimal } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { within } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { curveOf } from "./shapes.js";

const [WIDTH, HEIGHT] = [1000, 100];
/** The minimum distance between two numbers beside the curve, as a fraction of its height. */
const APART = 0.18;

/**
 * @param {{ scores: { distance: number, score: number }[], distance: number, pick: (distance: number) => void }} props
 *   `pick`: called with the distance under the pointer while it drags along the curve
 */
export function DistanceCurve({ scores, distance, pick }) {
  const { points, up } = useMemo(() => curveOf(scores), [scores]);
  const line = useMemo(
    () => points.map(([x, y]) => `${(WIDTH * x).toFixed(1)},${(HEIGHT * y).toFixed(2)}`).join(" "),
    [points],
  );
  const maxDistance = (scores.length - 1) / 2;
  const [x, y] = points[distance + maxDistance] ?? [0.5, 0.5];
  const all = scores.map(({ score }) => score);
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const title = t("rotary.curve.title", {
    min: decimal(lowest, 2),
    max: decimal(highest, 2),
    from: decimal(-maxDistance, 0),
    to: maxDistance,
    score: decimal(all[distance + maxDistance] ?? 0, 2),
    distance: decimal(distance, 0),
  });
  // The lowest and the highest score, and zero if it is not too close to either.
  const ticks = [0, lowest, highest].filter((tick, i, before) =>
    before.slice(0, i).every((other) => Math.abs(up(other) - up(tick)) > APART),
  );
  /** @param {PointerEvent} event */
  const choose = (event) => {
    const { left, width } = /** @type {HTMLElement} */ (
      event.currentTarget
    ).getBoundingClientRect();
    const fraction = within((event.clientX - left) / width, 0, 1);
    pick(Math.round((2 * fraction - 1) * maxDistance));
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
          <span>{decimal(-maxDistance, 0)}</span>
          <span>0</span>
          <span>{maxDistance}</span>
        </p>
        <p class="cs336-rotary-axis-name cs336-quiet">{t("rotary.curve.axis")}</p>
      </div>
    </Panel>
  );
}
