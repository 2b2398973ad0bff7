import { useUniqueId } from "./id.js";

/**
 * A choice of many options, in a drop-down list.
 * @template {string} Value
 * @param {{ name: string, value: Value, options: (readonly [value: Value, label: string])[],
 *   set: (value: Value) => void }} props
 */
export function Select({ name, value, options, set }) {
  const id = useUniqueId();
  return (
    <div class="cs336-select">
      <label for={id}>{name}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => set(/** @type {Value} */ (event.currentTarget.value))}
      >
        {options.map(([option, label]) => (
          <option key={option} value={option} selected={option === value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
