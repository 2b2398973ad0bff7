// How the FLOPs of a layer split between attention and the MLP, by width and length.

import { useMemo } from "preact/hooks";
import { schema } from "#schema/flops_share";
import { ChartFigure } from "../../ui/chart_figure.jsx";
import { boundedBy } from "../../ui/state.js";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { chartOf, LENGTHS, lengthAt, resultsOf, rowsOf, sentenceOf, WIDTHS } from "./curves.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./curves.js").State} State */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function FlopsShare(props) {
  const { set, restore, page } = props;
  const state = boundedBy(schema, props.state);
  const { d_model, seq_len } = state;
  const chart = useMemo(() => chartOf({ d_model, seq_len }), [d_model, seq_len]);
  const sentence = sentenceOf(state);
  const stops = { d_model: WIDTHS, seq_len: LENGTHS };
  return (
    <ChartFigure
      name="flops-share"
      title={t("flops_share.title")}
      results={resultsOf(state)}
      chart={chart}
      sentence={sentence}
      hint={t("flops_share.try")}
      data={() => ({ settings: { d_model, seq_len }, rows: rowsOf(state) })}
      pick={(x) => set({ seq_len: lengthAt(x) })}
      page={page}
      reset={restore}
    >
      {
        /** @type {const} */ (["d_model", "seq_len"]).map((name) => (
          <StopSlider
            key={name}
            name={t(`flops_share.${name}`)}
            value={state[name]}
            stops={stops[name]}
            valueText={sentence}
            set={(to) => set({ [name]: to })}
          />
        ))
      }
    </ChartFigure>
  );
}

export default defineView({ Component: FlopsShare, schema });
