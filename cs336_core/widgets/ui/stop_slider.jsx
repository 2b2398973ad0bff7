import { useUniqueId } from "./id.js";
import { NumberBox } from "./slider.jsx";
import { nearestStop } from "./stops.js";

/**
 * A number over several orders of magnitude: the slider goes from stop to stop, the box takes any.
 * @param {{ name: string, value: number, stops: readonly number[], told: string, whole?: boolean,
 *   set: (value: number) => void }} props `told`: the value in words, for those who do not see it
 */
export function StopSlider({ name, value, stops, told, whole = true, set }) {
  const id = useUniqueId();
  const [least = 0, most = 0] = [stops[0], stops.at(-1)];
  return (
    <div class="cs336-slider">
      <label for={id}>{name}</label>
      <input type="range" min={0} max={stops.length - 1} step={1} value={nearestStop(stops, value)} aria-label={name} aria-valuetext={told}
        onInput={(event) => set(stops[event.currentTarget.valueAsNumber] ?? value)} />
      <NumberBox id={id} name={name} value={value} least={least} most={most} whole={whole} set={set} />
    </div>
  );
}
