/**
 * A few large numbers, each under its name; the first one is what the figure is about.
 * @param {{ results: readonly (readonly [name: string, value: string])[] }} props
 */
export function Results({ results }) {
  return (
    <dl class="cs336-results">
      {results.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="cs336-figure-number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
