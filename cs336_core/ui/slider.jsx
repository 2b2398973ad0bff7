import { useUniqueId } from "./id.js";
import { NumberBox } from "./number_box.jsx";

/**
 * A number with a slider and a number box.
 * @param {{ name: string, value: number, least: number, most: number, step?: number, told?: string,
 *   set: (value: number) => void }} props `step`: what an arrow key adds; where it is below 1, any
 *   number may be typed; `told`: the value in words, for screen readers
 */
export function Slider({ name, value, least, most, step = 1, told, set }) {
  const id = useUniqueId();
  return (
    <div class="cs336-slider">
      <label for={id}>{name}</label>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-label={name}
        aria-valuetext={told}
        onInput={(event) => set(event.currentTarget.valueAsNumber)}
      />
      <NumberBox
        id={id}
        name={name}
        value={value}
        least={least}
        most={most}
        whole={step >= 1}
        set={set}
      />
    </div>
  );
}
