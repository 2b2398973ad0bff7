// Gradient descent, momentum and AdamW descend the same loss, step by step.

import { useMemo, useRef } from "preact/hooks";
import { schema } from "#schema/optimizer_valley";
import { METHODS } from "../../browser/training/landscape.js";
import { Choice } from "../../ui/choice.jsx";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { Results } from "../../ui/results.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy, within } from "../../ui/state.js";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { roundNumbers } from "../../ui/stops.js";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { defineView } from "../../ui/view.jsx";
import { pathsOf } from "./map.js";
import { ValleyMap } from "./map.jsx";
import { pictureSVG } from "./picture.js";
import { resultsOf, rowsOf, sentenceOf } from "./text.js";
import "../../ui/ui.css";
import "../../ui/chart.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./map.js").State} State */

/** Milliseconds per step while playing. */
const REST = 150;
const RATES = roundNumbers(schema.lr.min, schema.lr.max);

/** @param {State} given @returns {State} */
function bounded(given) {
  const state = boundedBy(schema, given);
  const { low, high } = state;
  return { ...state, x: within(state.x, low, high), y: within(state.y, low, high) };
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function OptimizerValley(props) {
  const { set, restore, page } = props;
  const state = bounded(props.state);
  const { losses, low, high, method, lr, momentum, x, y, step } = state;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const paths = useMemo(() => pathsOf(state), [losses, low, high, lr, momentum, x, y]);
  const sentence = sentenceOf(state, paths[method]);
  const results = resultsOf(state, paths[method]);
  const { losses: _, ...settings } = state;
  const files = {
    json: () => `${JSON.stringify({ settings, rows: rowsOf(paths) }, undefined, 2)}\n`,
    csv: () => toCSV(rowsOf(paths)),
    svg: () =>
      pictureSVG(state, paths, sentence, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div
      ref={root}
      class="cs336-chart-figure cs336-valley"
      role="group"
      aria-label={t("valley.title")}
    >
      <Results results={results} />
      <div class="cs336-valley-columns">
        <ValleyMap
          state={state}
          paths={paths}
          description={t("valley.map")}
          start={(toX, toY) => set({ x: toX, y: toY, step: 0 })}
        />
        <div class="cs336-valley-controls">
          <Choice
            name={t("valley.method")}
            value={method}
            options={METHODS.map((name) => [name, t(`valley.${name}`)])}
            set={(to) => set({ method: to })}
          />
          <StopSlider
            name={t("valley.lr")}
            value={lr}
            stops={RATES}
            whole={false}
            valueText={sentence}
            set={(to) => set({ lr: to })}
          />
          <Slider
            name={t("valley.beta")}
            value={momentum}
            min={schema.momentum.min}
            max={schema.momentum.max}
            step={0.01}
            set={(to) => set({ momentum: to })}
          />
          {
            /** @type {const} */ (["x", "y"]).map((name) => (
              <Slider
                key={name}
                name={t(`valley.${name}`)}
                value={state[name]}
                min={low}
                max={high}
                step={0.01}
                set={(to) => set({ [name]: to })}
              />
            ))
          }
        </div>
      </div>
      <Transport
        name={t("valley.step")}
        step={step}
        last={schema.step.max}
        rest={REST}
        valueText={sentence}
        go={(to) => set({ step: to })}
      />
      <p class="cs336-status" role="status">
        {sentence}
      </p>
      <p class="cs336-quiet">{t("valley.try")}</p>
      <Toolbar name="optimizers" page={page} reset={restore} files={files} />
    </div>
  );
}

export default defineView({ Component: OptimizerValley, schema });
