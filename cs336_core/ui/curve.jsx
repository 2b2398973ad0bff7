import { useMemo } from "preact/hooks";

const [WIDTH, HEIGHT, PAD] = [240, 56, 6];

/** The points of a curve. @param {number[]} values @returns {[x: string, y: string][]} */
function pointsOf(values) {
  const max = Math.max(...values);
  const min = Math.min(...values);
  const dx = (WIDTH - 2 * PAD) / Math.max(1, values.length - 1);
  const dy = (HEIGHT - 2 * PAD) / Math.max(1e-9, max - min);
  return values.map((value, i) => [
    (PAD + dx * i).toFixed(1),
    (HEIGHT - PAD - dy * (value - min)).toFixed(1),
  ]);
}

/**
 * A small curve over the steps, with a dot at the current one.
 * @param {{ values: number[], now: number, title: string }} props
 */
export function Curve({ values, now, title }) {
  const points = useMemo(() => pointsOf(values), [values]);
  const line = useMemo(
    () => (
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" stroke-width="1.5" />
    ),
    [points],
  );
  const [x, y] = points[now] ?? [PAD, HEIGHT - PAD];
  return (
    <svg class="cs336-curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      {line}
      <circle cx={x} cy={y} r="4" class="cs336-curve-now" />
    </svg>
  );
}
