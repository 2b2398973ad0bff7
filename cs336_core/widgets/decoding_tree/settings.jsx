// How the next token is chosen: the method, and what it can be set to.

import { Choice } from "../../ui/choice.jsx";
import { Slider } from "../../ui/slider.jsx";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { roundNumbers } from "../../ui/stops.js";
import { t } from "../../ui/strings.js";
import { METHODS, schema } from "./decoding.js";

/** @typedef {import("./decoding.js").State} State */

const TOP_K = [...new Set(roundNumbers(schema.top_k.min, schema.top_k.max).map(Math.round))];

/** @param {{ state: State, sentence: string, set: (changes: Partial<State>) => void }} props */
export function Settings({ state, sentence, set }) {
  /** @param {"width" | "temperature" | "top_p" | "seed"} name @param {number} step */
  const slider = (name, step) => (
    <Slider
      name={t(`decoding.${name}`)}
      value={state[name]}
      min={schema[name].min}
      max={schema[name].max}
      step={step}
      valueText={sentence}
      set={(to) => set({ [name]: to })}
    />
  );
  return (
    <div class="cs336-decoding-settings">
      <Choice
        name={t("decoding.method")}
        value={state.method}
        options={METHODS.map((method) => [method, t(`decoding.${method}`)])}
        set={(method) => set({ method })}
      />
      {state.method === "beam" && slider("width", 1)}
      {state.method === "sampling" && (
        <>
          {slider("temperature", 0.05)}
          <StopSlider
            name={t("decoding.top_k")}
            value={state.top_k}
            stops={TOP_K}
            valueText={sentence}
            set={(to) => set({ top_k: to })}
          />
          {slider("top_p", 0.01)}
          {slider("seed", 1)}
        </>
      )}
    </div>
  );
}
