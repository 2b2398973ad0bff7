// The speedup of speculative decoding has a peak: more drafts gain less and less, and each costs time.

import { useMemo } from "preact/hooks";
import { schema } from "#schema/draft_count";
import { ChartFigure } from "../../ui/chart_figure.jsx";
import { Slider } from "../../ui/slider.jsx";
import { boundedBy } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { chartOf, draftsAt, resultsOf, rowsOf, sentenceOf } from "./curves.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./curves.js").State} State */

const SETTINGS = /** @type {const} */ (["drafts", "accepted", "cost"]);

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function DraftCount({ state, set, restore, page }) {
  const { drafts, accepted, cost } = boundedBy(schema, state);
  const settings = useMemo(() => ({ drafts, accepted, cost }), [drafts, accepted, cost]);
  const chart = useMemo(() => chartOf(settings), [settings]);
  const sentence = sentenceOf(settings);
  return (
    <ChartFigure
      name="draft-count"
      title={t("draft_count.title")}
      results={resultsOf(settings)}
      chart={chart}
      sentence={sentence}
      hint={t("draft_count.try")}
      data={() => ({ settings, rows: rowsOf(settings) })}
      pick={(x) => set({ drafts: draftsAt(x) })}
      page={page}
      reset={restore}
    >
      {SETTINGS.map((name) => (
        <Slider
          key={name}
          name={t(`draft_count.${name}`)}
          value={settings[name]}
          min={schema[name].min}
          max={schema[name].max}
          valueText={sentence}
          set={(to) => set({ [name]: to })}
        />
      ))}
    </ChartFigure>
  );
}

export default defineView({ Component: DraftCount, schema });
