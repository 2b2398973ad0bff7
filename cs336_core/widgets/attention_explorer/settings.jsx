// The settings: the mask, padding, temperature, and whether scores are scaled.

import { Choice } from "../../ui/choice.jsx";
import { Slider } from "../../ui/slider.jsx";
import { t } from "../../ui/strings.js";
import { MASKS, schema } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** @param {{ state: State, set: (changes: Partial<State>) => void }} props */
export function Settings({ state, set }) {
  const { mask, window, prefix, padding, temperature, scaled, tokens } = state;
  const n = tokens.length;
  return (
    <div class="cs336-attention-settings">
      <Choice
        name={t("attention.mask")}
        value={mask}
        set={(value) => set({ mask: value })}
        options={MASKS.map((name) => [name, t(`attention.mask.${name}`)])}
      />
      {mask === "window" && (
        <Slider
          name={t("attention.window")}
          value={window}
          min={1}
          max={n}
          set={(value) => set({ window: value })}
        />
      )}
      {mask === "prefix" && (
        <Slider
          name={t("attention.prefix")}
          value={prefix}
          min={1}
          max={n}
          set={(value) => set({ prefix: value })}
        />
      )}
      <Slider
        name={t("attention.padding")}
        value={padding}
        min={0}
        max={n}
        set={(value) => set({ padding: value })}
      />
      <Slider
        name={t("attention.temperature")}
        value={temperature}
        min={schema.temperature.min}
        max={schema.temperature.max}
        step={0.1}
        set={(value) => set({ temperature: value })}
      />
      <Choice
        name={t("attention.scaled")}
        value={scaled ? "yes" : "no"}
        set={(value) => set({ scaled: value === "yes" })}
        options={[
          ["yes", t("attention.scaled.yes")],
          ["no", t("attention.scaled.no")],
        ]}
      />
    </div>
  );
}
