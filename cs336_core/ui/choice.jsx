import { useUniqueId } from "./id.js";

/**
 * A choice of a few options, all of them visible.
 * @template {string} Value
 * @param {{ name: string, value: Value, options: [value: Value, label: string][],
 *   set: (value: Value) => void, children?: import("preact").ComponentChildren }} props
 */
export function Choice({ name, value, options, set, children }) {
  const id = useUniqueId();
  return (
    <div class="cs336-choice" role="radiogroup" aria-labelledby={id}>
      <span id={id} class="cs336-choice-name">
        {name}
      </span>
      <span class="cs336-options">
        {options.map(([option, label]) => (
          <label key={option}>
            <input type="radio" name={id} checked={option === value} onChange={() => set(option)} />
            <span>{label}</span>
          </label>
        ))}
      </span>
      {children}
    </div>
  );
}
