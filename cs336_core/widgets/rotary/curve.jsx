// The score at every distance, with a mark at the present one.

import { useMemo } from "preact/hooks";
import { decimal } from "../ui/numbers.js";
import { Panel } from "../ui/panel.jsx";
import { t } from "../ui/strings.js";
import { placed } from "./shapes.js";

const [WIDTH, HEIGHT] = [1000, 100];

/** @param {{ scores: { distance: number, score: number }[], distance: number }} props */
export function DistanceCurve({ scores, distance }) {
  const points = useMemo(() => placed(scores), [scores]);
  const line = useMemo(() => points.map(([x, y]) => `${(WIDTH * x).toFixed(1)},${(HEIGHT * y).toFixed(2)}`).join(" "), [points]);
  const most = (scores.length - 1) / 2;
  const [x, y] = points[distance + most] ?? [0.5, 0.5];
  const all = scores.map(({ score }) => score);
  const bounds = { least: decimal(Math.min(...all), 2), most: decimal(Math.max(...all), 2) };
  const title = t("rotary.curve.title", {
    ...bounds,
    from: decimal(-most, 0),
    to: most,
    score: decimal(all[distance + most] ?? 0, 2),
    distance: decimal(distance, 0),
  });
  return (
    <Panel kind="rotary-curve" title={t("rotary.curve")}>
      <p class="cs336-quiet">{t("rotary.curve.range", bounds)}</p>
      <div class="cs336-rotary-plot" role="img" aria-label={title}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="cs336-rotary-zero" d={`M0 ${HEIGHT / 2}H${WIDTH}M${WIDTH / 2} 0V${HEIGHT}`} />
          <polyline class="cs336-rotary-line" points={line} />
          <path class="cs336-rotary-here" d={`M${WIDTH * x} 0V${HEIGHT}`} />
        </svg>
        <span class="cs336-rotary-dot" style={{ left: `${100 * x}%`, top: `${100 * y}%` }} />
      </div>
      <p class="cs336-rotary-axis cs336-quiet" aria-hidden="true">
        <span>{decimal(-most, 0)}</span>
        <span>{t("rotary.curve.axis")}</span>
        <span>{most}</span>
      </p>
    </Panel>
  );
}
