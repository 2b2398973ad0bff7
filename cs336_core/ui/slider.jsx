import { useUniqueId } from "./id.js";
import { NumberBox } from "./number_box.jsx";

/**
 * A number with a slider and a number box.
 * @param {{ name: string, value: number, min: number, max: number, step?: number, valueText?: string,
 *   set: (value: number) => void }} props `step`: what an arrow key adds; below 1, the box takes any
 *   number, not only whole ones; `valueText`: the value in words, for screen readers
 */
export function Slider({ name, value, min, max, step = 1, valueText, set }) {
  const id = useUniqueId();
  return (
    <div class="cs336-slider">
      <label for={id}>{name}</label>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-label={name}
        aria-valuetext={valueText}
        onInput={(event) => set(event.currentTarget.valueAsNumber)}
      />
      <NumberBox
        id={id}
        name={name}
        value={value}
        min={min}
        max={max}
        whole={step >= 1}
        set={set}
      />
    </div>
  );
}
