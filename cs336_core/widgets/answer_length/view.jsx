// A model that improves steadily seems to gain an ability suddenly, if only a whole answer counts.

import { useMemo } from "preact/hooks";
import { schema } from "#schema/answer_length";
import { ChartFigure } from "../../ui/chart_figure.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { chartOf, exponentAt, resultsOf, rowsOf, sentenceOf } from "./curves.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./curves.js").State} State */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function AnswerLength({ state, set, restore, page }) {
  const { length, exponent } = boundedBy(schema, state);
  const chart = useMemo(() => chartOf({ length, exponent }), [length, exponent]);
  const sentence = sentenceOf({ length, exponent });
  return (
    <ChartFigure
      name="answer-length"
      title={t("answer_length.title")}
      results={resultsOf({ length, exponent })}
      chart={chart}
      sentence={sentence}
      hint={t("answer_length.try")}
      data={() => ({ settings: { length, exponent }, rows: rowsOf({ length, exponent }) })}
      pick={(x) => set({ exponent: exponentAt(x) })}
      page={page}
      reset={restore}
    >
      <Slider
        name={t("answer_length.length")}
        value={length}
        min={schema.length.min}
        max={schema.length.max}
        valueText={sentence}
        set={(to) => set({ length: to })}
      />
      <Slider
        name={t("answer_length.exponent")}
        value={exponent}
        min={schema.exponent.min}
        max={schema.exponent.max}
        step={0.1}
        valueText={sentence}
        set={(to) => set({ exponent: to })}
      />
    </ChartFigure>
  );
}

export default defineView({ Component: AnswerLength, schema });
