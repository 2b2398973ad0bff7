import { useUniqueId } from "./id.js";
import { NumberBox } from "./number_box.jsx";
import { nearestStop } from "./stops.js";

/**
 * A number over several orders of magnitude: the slider goes from stop to stop, the box takes any.
 * @param {{ name: string, value: number, stops: readonly number[], told: string, whole?: boolean,
 *   least?: number, most?: number, set: (value: number) => void }} props `told`: the value in words,
 *   for those who do not see it; `least`, `most`: what the box takes, where that is more
 */
export function StopSlider({
  name,
  value,
  stops,
  told,
  whole = true,
  least = stops[0] ?? 0,
  most = stops.at(-1) ?? 0,
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
        aria-valuetext={told}
        onInput={(event) => set(stops[event.currentTarget.valueAsNumber] ?? value)}
      />
      <NumberBox
        id={id}
        name={name}
        value={value}
        least={least}
        most={most}
        whole={whole}
        set={set}
      />
    </div>
  );
}
