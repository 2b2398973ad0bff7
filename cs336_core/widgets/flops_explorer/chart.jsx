// Curves of percentages over a logarithmic axis. Lines are SVG, which is stretched; text and dots are
// HTML, so that they have the same size on a phone.

import { within } from "../../ui/state.js";

/**
 * A curve: its points, from 0 to 1 on both axes, and its name, shown at the right end.
 * @typedef {{ kind: string, name: string, points: (readonly [x: number, y: number])[] }} Line
 */

const MIN_DISTANCE = 0.085; // between two names, as a fraction of the height

/** The heights of the names: near the ends of their lines, without overlap. @param {Line[]} lines */
function labelsOf(lines) {
  const labels = lines
    .map(({ kind, name, points }) => ({ kind, name, y: points.at(-1)?.[1] ?? 0 }))
    .sort((a, b) => b.y - a.y);
  labels.forEach((label, i) => {
    label.y = Math.min(label.y, (labels[i - 1]?.y ?? Infinity) - MIN_DISTANCE, 1);
  });
  labels.reverse().forEach((label, i) => {
    label.y = Math.max(label.y, i * MIN_DISTANCE, (labels[i - 1]?.y ?? -Infinity) + MIN_DISTANCE);
  });
  return labels;
}

const percentOf = (/** @type {number} */ fraction) => `${(100 * fraction).toFixed(2)}%`;

/**
 * @param {{ description: string, lines: Line[], ticks: (readonly [x: number, text: string])[], axis: string,
 *   now?: { x: number, text: string } | undefined, dots?: { kind: string, x: number, y: number }[],
 *   marks?: { x: number, y: number, text: string }[], kind: string, pick?: (x: number) => void, over?: (x: number | undefined) => void }} props
 *   `now`: a vertical line with a label; `marks`: labeled dots; `pick`: called while the pointer drags; `over`: while it hovers
 */
export function Chart({
  description,
  lines,
  ticks,
  axis,
  now,
  dots = [],
  marks = [],
  kind,
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
    <div class={`cs336-flops-chart cs336-flops-chart-${kind}`}>
      <div
        class="cs336-flops-plot"
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
          <path class="cs336-flops-grid" d="M0 0H100M0 25H100M0 50H100M0 75H100M0 100H100" />
          {lines.map(({ kind: line, points }) => (
            <polyline
              key={line}
              class={`cs336-flops-line-${line}`}
              points={points
                .map(([x, y]) => `${(100 * x).toFixed(2)},${(100 - 100 * y).toFixed(2)}`)
                .join(" ")}
            />
          ))}
        </svg>
        {[0, 50, 100].map((percentage) => (
          <span key={percentage} class="cs336-flops-tick-y" style={{ bottom: `${percentage}%` }}>
            {percentage}
            {percentage === 100 ? " %" : ""}
          </span>
        ))}
        {ticks.map(([x, text]) => (
          <span key={text} class="cs336-flops-tick-x" style={{ left: percentOf(x) }}>
            {text}
          </span>
        ))}
        {labelsOf(lines).map(({ kind: line, name, y }) => (
          <span
            key={line}
            class={`cs336-flops-end cs336-flops-end-${line}`}
            style={{ bottom: percentOf(y) }}
          >
            {name}
          </span>
        ))}
        {now && (
          <span
            class="cs336-flops-here"
            data-side={now.x > 0.7 ? "left" : undefined}
            style={{ left: percentOf(now.x) }}
          >
            <span>{now.text}</span>
          </span>
        )}
        {dots.map(({ kind: line, x, y }) => (
          <span
            key={`${line}${x}`}
            class={`cs336-flops-dot cs336-flops-dot-${line}`}
            style={{ left: percentOf(x), bottom: percentOf(y) }}
          />
        ))}
        {marks.map(({ x, y, text }) => (
          <span
            key={text}
            class="cs336-flops-mark"
            style={{ left: percentOf(x), bottom: percentOf(y) }}
          >
            {text}
          </span>
        ))}
      </div>
      <p class="cs336-flops-axis">{axis}</p>
    </div>
  );
}
