// A bar per expert, under sliders for the steps of balancing and the capacity.

import { useMemo } from "preact/hooks";
import { Figure } from "../../ui/figure.jsx";
import { Results } from "../../ui/results.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy } from "../../ui/state.js";
import { formatNumber, t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { csvText, jsonText, pictureSVG } from "./export.js";
import { largestOf, loadOf, resultsOf, schema, sentenceOf, shownStep } from "./load.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./load.js").State} State */

/** @param {{ state: State }} props */
function Experts({ state }) {
  const { rows, mean } = loadOf(state);
  const largest = useMemo(() => largestOf(state.loads), [state.loads]);
  const width = (/** @type {number} */ tokens) => `${(100 * tokens) / largest}%`;
  return (
    <ol class="cs336-expert-load-rows" style={{ "--mean": width(mean) }}>
      {rows.map(({ expert, processed, dropped }) => (
        <li key={expert}>
          <span>{t("expert_load.expert", { n: expert })}</span>
          <span class="cs336-expert-load-track" aria-hidden="true">
            <span class="cs336-expert-load-processed" style={{ width: width(processed) }} />
            <span class="cs336-expert-load-dropped" style={{ width: width(dropped) }} />
          </span>
          <span class="cs336-expert-load-number">{formatNumber(processed + dropped)}</span>
        </li>
      ))}
    </ol>
  );
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function ExpertLoad({ state: given, set, restore, page }) {
  const state = boundedBy(schema, given);
  const sentence = sentenceOf(state);
  return (
    <Figure
      name="expert-load"
      title={t("expert_load.title")}
      sentence={sentence}
      hint={t("expert_load.try")}
      json={() => jsonText(state)}
      csv={() => csvText(state)}
      svg={(color) => pictureSVG(state, sentence, color)}
      page={page}
      reset={restore}
    >
      <Results results={resultsOf(state)} />
      <Experts state={state} />
      <p class="cs336-chart-legend cs336-quiet">
        <span class="cs336-expert-load-is-processed">{t("expert_load.legend.processed")}</span>
        <span class="cs336-expert-load-is-dropped">{t("expert_load.legend.dropped")}</span>
        <span class="cs336-expert-load-is-mean">{t("expert_load.legend.mean")}</span>
      </p>
      <div class="cs336-chart-controls cs336-chart-controls-wide">
        <Slider
          name={t("expert_load.step")}
          value={shownStep(state)}
          min={0}
          max={state.loads.length - 1}
          valueText={sentence}
          set={(to) => set({ step: to })}
        />
        <Slider
          name={t("expert_load.capacity")}
          value={state.capacity}
          min={schema.capacity.min}
          max={schema.capacity.max}
          step={0.05}
          valueText={sentence}
          set={(to) => set({ capacity: to })}
        />
      </div>
    </Figure>
  );
}

export default defineView({ Component: ExpertLoad, schema });
