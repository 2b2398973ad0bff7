import { useUniqueId } from "./id.js";
import { NumberBox } from "./number_box.jsx";
import { nearestStop } from "./stops.js";

/**
 * A number over several orders of magnitude: the slider moves between stops, the box takes any number.
 * @param {{ name: string, value: number, stops: readonly number[], valueText: string, whole?: boolean,
 *   min?: number, max?: number, set: (value: number) => void }} props `valueText`: the value in words,
 *   for screen readers; `min`, `max`: the bounds of the box, if they differ from the first and last stop
 */
export function StopSlider({
  name,
  value,
  stops,
  valueText,
  whole = true,
  min = stops[0] ?? 0,
  max = stops.at(-1) ?? 0,
  set,
}) {
  const id = useUniqueId();
  return (
    <div class="cs336-slider">
      <label for={id}>{name}</label>
      <input
        type="range"
        min={0}
        max={stops.length - 1}
        step={1}
        value={nearestStop(stops, value)}
        aria-label={name}
        aria-valuetext={valueText}
        onInput={(event) => set(stops[event.currentTarget.valueAsNumber] ?? value)}
      />
      <NumberBox id={id} name={name} value={value} min={min} max={max} whole={whole} set={set} />
    </div>
  );
}
