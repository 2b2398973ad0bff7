// Curves of shares, 0 to 100 %, over something that grows by factors. Lines are drawn as SVG and
// stretched; letters and dots are not, so that they are as large on a phone.

/**
 * A curve: where each of its points is, from 0 to 1 both ways, and its name at the right end.
 * @typedef {{ kind: string, name: string, points: (readonly [x: number, y: number])[] }} Line
 */

const APART = 0.085; // the least distance between two names, as a part of the height

/** Where the names stand, none over another: near the ends of their lines. @param {Line[]} lines */
function placedNames(lines) {
  const placed = lines
    .map(({ kind, name, points }) => ({ kind, name, y: points.at(-1)?.[1] ?? 0 }))
    .sort((a, b) => b.y - a.y);
  placed.forEach((each, i) => {
    each.y = Math.min(each.y, (placed[i - 1]?.y ?? Infinity) - APART, 1);
  });
  placed.reverse().forEach((each, i) => {
    each.y = Math.max(each.y, i * APART, (placed[i - 1]?.y ?? -Infinity) + APART);
  });
  return placed;
}

const percentOf = (/** @type {number} */ part) => `${(100 * part).toFixed(2)}%`;

/**
 * @param {{ description: string, lines: Line[], ticks: (readonly [x: number, text: string])[], axis: string,
 *   now?: { x: number, text: string } | undefined, dots?: { kind: string, x: number, y: number }[],
 *   marks?: { x: number, y: number, text: string }[], kind: string, pick?: (x: number) => void, over?: (x: number | undefined) => void }} props
 *   `now`: an upright line with its name; `marks`: dots with a letter; `pick`: what a pointer chooses; `over`: what it points at
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
  const placeOf = (event) => {
    const { left, width } = /** @type {HTMLElement} */ (
      event.currentTarget
    ).getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
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
          pick(placeOf(event));
        }}
        onPointerMove={(event) => {
          if (pick && event.currentTarget.hasPointerCapture(event.pointerId)) pick(placeOf(event));
          else over?.(placeOf(event));
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
        {[0, 50, 100].map((share) => (
          <span key={share} class="cs336-flops-tick-y" style={{ bottom: `${share}%` }}>
            {share}
            {share === 100 ? " %" : ""}
          </span>
        ))}
        {ticks.map(([x, text]) => (
          <span key={text} class="cs336-flops-tick-x" style={{ left: percentOf(x) }}>
            {text}
          </span>
        ))}
        {placedNames(lines).map(({ kind: line, name, y }) => (
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
