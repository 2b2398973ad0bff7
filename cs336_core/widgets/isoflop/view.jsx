// Moves along an IsoFLOP curve: with one budget, a larger model reads fewer tokens.

import { useMemo } from "preact/hooks";
import { schema } from "#schema/isoflop";
import { ChartFigure } from "../../ui/chart_figure.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { chartOf, resultsOf, rowsOf, sentenceOf, sizeAt } from "./curves.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./curves.js").State} State */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function Isoflop(props) {
  const { set, restore, page } = props;
  const state = boundedBy(schema, props.state);
  const { budget, size, valleys } = state;
  const chart = useMemo(() => chartOf({ budget, size, valleys }), [budget, size, valleys]);
  const sentence = sentenceOf(state);
  return (
    <ChartFigure
      name="isoflop"
      title={t("isoflop.title")}
      results={resultsOf(state)}
      chart={chart}
      sentence={sentence}
      hint={t("isoflop.try")}
      data={() => ({ settings: { budget, size }, rows: rowsOf(state) })}
      pick={(x) => set({ size: sizeAt(state, x) })}
      page={page}
      reset={restore}
    >
      {
        /** @type {const} */ (["budget", "size"]).map((name) => (
          <Slider
            key={name}
            name={t(`isoflop.${name}`)}
            value={state[name]}
            min={schema[name].min}
            max={schema[name].max}
            valueText={sentence}
            set={(to) => set({ [name]: to })}
          />
        ))
      }
    </ChartFigure>
  );
}

export default defineView({ Component: Isoflop, schema });
