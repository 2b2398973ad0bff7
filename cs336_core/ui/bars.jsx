/**
 * A sorted list of counts as bars. The bar's length repeats the number beside it.
 * @param {{ rows: { key: string, label: import("preact").ComponentChild, count: number,
 *   note?: string, now?: boolean }[], unit: (n: number) => string }} props
 */
export function Bars({ rows, unit }) {
  const largest = Math.max(1, ...rows.map((row) => row.count));
  return (
    <ol class="cs336-bars">
      {rows.map(({ key, label, count, note, now }) => (
        <li key={key} class={now ? "cs336-now" : undefined}>
          <span class="cs336-bar-label">{label}</span>
          <span class="cs336-bar-track" aria-hidden="true">
            <span class="cs336-bar" style={{ width: `${(100 * count) / largest}%` }} />
          </span>
          <span class="cs336-bar-count">{unit(count)}</span>
          <span class="cs336-bar-note">{note}</span>
        </li>
      ))}
    </ol>
  );
}
