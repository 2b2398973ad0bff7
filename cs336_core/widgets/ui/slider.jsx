import { useUniqueId } from "./id.js";
import { t } from "./strings.js";

/**
 * A number, by a slider and by a number box.
 * @param {{ name: string, value: number, least: number, most: number, step?: number, told?: string,
 *   set: (value: number) => void }} props `step`: what an arrow key adds; where it is below 1, any
 *   number may be typed; `told`: the value in words, for those who do not see it
 */
export function Slider({ name, value, least, most, step = 1, told, set }) {
  const id = useUniqueId();
  return (
    <div class="cs336-slider">
      <label for={id}>{name}</label>
      <input type="range" min={least} max={most} step={step} value={value} aria-label={name} aria-valuetext={told}
        onInput={(event) => set(event.currentTarget.valueAsNumber)} />
      <NumberBox id={id} name={name} value={value} least={least} most={most} whole={step >= 1} set={set} />
    </div>
  );
}

/**
 * A number that is typed; it is kept within its bounds, and what is none is put back.
 * @param {{ id: string, name: string, value: number, least: number, most: number, whole?: boolean,
 *   set: (value: number) => void }} props `id`: for its label
 */
export function NumberBox({ id, name, value, least, most, whole = true, set }) {
  return (
    <span class="cs336-number">
      <input id={id} type="number" inputmode={whole ? "numeric" : "decimal"} min={least} max={most} step={whole ? 1 : "any"} value={value}
        aria-label={t("control.number", { name })}
        onChange={(event) => {
          const to = event.currentTarget.valueAsNumber;
          const within = Number.isFinite(to) ? Math.min(most, Math.max(least, whole ? Math.round(to) : to)) : value;
          event.currentTarget.value = String(within);
          set(within);
        }} />
    </span>
  );
}
