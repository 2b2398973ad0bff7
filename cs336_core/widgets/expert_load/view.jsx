// A bar per expert, under sliders for the steps of balancing and the capacity.

import { useMemo, useRef } from "preact/hooks";
import { colorsOf } from "../../ui/colors.js";
import { Results } from "../../ui/results.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy } from "../../ui/state.js";
import { formatNumber, t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
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
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const sentence = sentenceOf(state);
  const files = {
    json: () => jsonText(state),
    csv: () => csvText(state),
    svg: () => pictureSVG(state, sentence, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div
      ref={root}
      class="cs336-chart-figure cs336-expert-load"
      role="group"
      aria-label={t("expert_load.title")}
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
      <p role="status">{sentence}</p>
      <p class="cs336-quiet">{t("expert_load.try")}</p>
      <Toolbar name="expert-load" page={page} reset={restore} files={files} />
    </div>
  );
}

export default defineView({ Component: ExpertLoad, schema });
