// A bar per token that may come next, under sliders for how one of them is chosen.

import { useMemo } from "preact/hooks";
import { Figure } from "../../ui/figure.jsx";
import { percent } from "../../ui/numbers.js";
import { Results } from "../../ui/results.jsx";
import { Select } from "../../ui/select.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy } from "../../ui/state.js";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { distributionsOf, resultsOf, rowsOf, schema, sentenceOf, topKStops } from "./bars.js";
import { csvText, jsonText, pictureSVG } from "./export.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./bars.js").State} State */

/** @param {{ rows: import("./bars.js").Row[] }} props */
function TokenBars({ rows }) {
  const largest = Math.max(...rows.flatMap(({ before, after }) => [before, after]));
  const width = (/** @type {number} */ prob) => ({ width: `${(100 * prob) / largest}%` });
  return (
    <ol class="cs336-sampling-bars-rows">
      {rows.map(({ key, label, before, after, dropped }) => (
        <li key={key} class={dropped ? "cs336-sampling-bars-dropped" : undefined}>
          <bdi class={key === "others" ? "cs336-quiet" : "cs336-sampling-bars-token"}>{label}</bdi>
          <span class="cs336-sampling-bars-track" aria-hidden="true">
            <span class="cs336-sampling-bars-after" style={width(after)} />
            <span class="cs336-sampling-bars-before" style={width(before)} />
          </span>
          <span class="cs336-sampling-bars-number">
            {dropped ? t(`sampling_bars.dropped.${dropped}`) : percent(after)}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function SamplingBars({ state: given, set, restore, page }) {
  const state = boundedBy(schema, given);
  const { text, temperature, top_k, top_p, min_p, texts } = state;
  const [rows, results, sentence] = useMemo(() => {
    const found = distributionsOf(state);
    return [rowsOf(state, found), resultsOf(state, found), sentenceOf(state, found)];
  }, [text, temperature, top_k, top_p, min_p]);
  const stops = topKStops(state);
  return (
    <Figure
      name="sampling-bars"
      title={t("sampling_bars.title")}
      sentence={sentence}
      hint={t("sampling_bars.try")}
      json={() => jsonText(state)}
      csv={() => csvText(state)}
      svg={(color) => pictureSVG(state, sentence, color)}
      page={page}
      reset={restore}
    >
      {texts.length > 1 && (
        <Select
          name={t("sampling_bars.text")}
          value={String(text)}
          options={texts.map((each, i) => [String(i), each.text])}
          set={(to) => set({ text: Number(to) })}
        />
      )}
      <Results results={results} />
      <TokenBars rows={rows} />
      <p class="cs336-chart-legend cs336-quiet">
        <span class="cs336-sampling-bars-is-after">{t("sampling_bars.legend.after")}</span>
        <span class="cs336-sampling-bars-is-before">{t("sampling_bars.legend.before")}</span>
      </p>
      <div class="cs336-chart-controls cs336-chart-controls-wide">
        <Slider
          name={t("sampling_bars.temperature")}
          value={temperature}
          min={schema.temperature.min}
          max={schema.temperature.max}
          step={0.05}
          valueText={sentence}
          set={(to) => set({ temperature: to })}
        />
        <StopSlider
          name={t("sampling_bars.top_k")}
          value={Math.min(top_k, stops.at(-1) ?? top_k)}
          stops={stops}
          valueText={sentence}
          set={(to) => set({ top_k: to })}
        />
        <Slider
          name={t("sampling_bars.top_p")}
          value={top_p}
          min={schema.top_p.min}
          max={schema.top_p.max}
          step={0.01}
          valueText={sentence}
          set={(to) => set({ top_p: to })}
        />
        <Slider
          name={t("sampling_bars.min_p")}
          value={min_p}
          min={schema.min_p.min}
          max={schema.min_p.max}
          step={0.01}
          valueText={sentence}
          set={(to) => set({ min_p: to })}
        />
      </div>
    </Figure>
  );
}

export default defineView({ Component: SamplingBars, schema });
