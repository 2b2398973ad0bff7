// Curves in a chart. Lines are SVG, which is stretched; text and dots are HTML, so that they have the
// same size on a phone. A figure's style sheet gives each kind of line and dot its color, `--paint`.

import "./chart.css";
import { namesOf, PERCENTAGES } from "./chart_axes.js";
import { within } from "./state.js";

/** @typedef {import("./chart_axes.js").Line} Line */
/** @typedef {import("./chart_axes.js").Tick} Tick */

const percentOf = (/** @type {number} */ fraction) => `${(100 * fraction).toFixed(2)}%`;

/**
 * @param {{ description: string, lines: readonly Line[], ticks: readonly Tick[], axis: string, ticksY?: readonly Tick[],
 *   axisY?: string, now?: { x: number, text: string } | undefined, dots?: readonly { kind: string, x: number, y: number }[],
 *   marks?: readonly { x: number, y: number, text: string }[], pick?: (x: number) => void, over?: (x: number | undefined) => void }} props
 *   `now`: a vertical line with a label; `marks`: labeled dots; `pick`: called while the pointer drags; `over`: while it hovers
 */
export function Chart({
  description,
  lines,
  ticks,
  axis,
  ticksY = PERCENTAGES,
  axisY,
  now,
  dots = [],
  marks = [],
  pick,
  over,
}) {
  /** @param {PointerEvent} event */
  const fractionAt = (event) => {
    const { left, width } = /** @type {HTMLElement} */ (
      event.currentTarget
    ).getBoundingClientRect();
    return within((event.clientX - left) / width, 0, 1);
  };
  return (
    <div class="cs336-chart">
      {axisY && <p class="cs336-chart-axis-y">{axisY}</p>}
      <div
        class={pick ? "cs336-chart-plot cs336-chart-drags" : "cs336-chart-plot"}
        role="img"
        aria-label={description}
        onPointerDown={(event) => {
          if (!pick) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          pick(fractionAt(event));
        }}
        onPointerMove={(event) => {
          if (pick && event.currentTarget.hasPointerCapture(event.pointerId))
            pick(fractionAt(event));
          else over?.(fractionAt(event));
        }}
        onPointerLeave={() => over?.(undefined)}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path
            class="cs336-chart-grid"
            d={ticksY.map(([y]) => `M0 ${(100 - 100 * y).toFixed(2)}H100`).join("")}
          />
          {lines.map(({ kind, points }, i) => (
            <polyline
              key={i}
              class={`cs336-chart-line cs336-chart-${kind}`}
              points={points
                .map(([x, y]) => `${(100 * x).toFixed(2)},${(100 - 100 * y).toFixed(2)}`)
                .join(" ")}
            />
          ))}
        </svg>
        {ticksY.map(
          ([y, text]) =>
            text && (
              <span key={text} class="cs336-chart-tick-y" style={{ bottom: percentOf(y) }}>
                {text}
              </span>
            ),
        )}
        {ticks.map(([x, text]) => (
          <span key={text} class="cs336-chart-tick-x" style={{ left: percentOf(x) }}>
            {text}
          </span>
        ))}
        {namesOf(lines).map(({ kind, name, y }) => (
          <span
            key={name}
            class={`cs336-chart-end cs336-chart-${kind}`}
            style={{ bottom: percentOf(y) }}
          >
            {name}
          </span>
        ))}
        {now && (
          <span class="cs336-chart-here" style={{ left: percentOf(now.x) }}>
            <span style={{ transform: `translateX(${percentOf(-now.x)})` }}>{now.text}</span>
          </span>
        )}
        {dots.map(({ kind, x, y }) => (
          <span
            key={`${kind} ${x}`}
            class={`cs336-chart-dot cs336-chart-${kind}`}
            style={{ left: percentOf(x), bottom: percentOf(y) }}
          />
        ))}
        {marks.map(({ x, y, text }) => (
          <span
            key={text}
            class="cs336-chart-mark"
            style={{ left: percentOf(x), bottom: percentOf(y) }}
          >
            {text}
          </span>
        ))}
      </div>
      <p class="cs336-chart-axis">{axis}</p>
    </div>
  );
}
