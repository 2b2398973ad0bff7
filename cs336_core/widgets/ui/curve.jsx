/**
 * A small curve over the steps with a dot at the present one.
 * @param {{ values: number[], now: number, title: string }} props
 */
export function Curve({ values, now, title }) {
  const [width, height, pad] = [240, 56, 6];
  const most = Math.max(...values);
  const least = Math.min(...values);
  /** @param {number} i */
  const x = (i) => pad + ((width - 2 * pad) * i) / Math.max(1, values.length - 1);
  /** @param {number} v */
  const y = (v) => height - pad - ((height - 2 * pad) * (v - least)) / Math.max(1e-9, most - least);
  const points = values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
  return (
    <svg class="cs336-curve" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      <polyline points={points} fill="none" stroke="currentColor" stroke-width="1.5" />
      <circle cx={x(now)} cy={y(values[now] ?? least)} r="4" class="cs336-curve-now" />
    </svg>
  );
}
