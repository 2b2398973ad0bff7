// The time of a forward pass, from one token (decode) to thousands (prefill).

import { useMemo } from "preact/hooks";
import { schema } from "#schema/tokens_per_pass";
import { ChartFigure } from "../../ui/chart_figure.jsx";
import { boundedBy } from "../../ui/state.js";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { chartOf, PARAMS, resultsOf, rowsOf, sentenceOf, TOKENS, tokensAt } from "./curves.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./curves.js").State} State */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function TokensPerPass(props) {
  const { set, restore, page } = props;
  const state = boundedBy(schema, props.state);
  const { tokens, billion_params, chip } = state;
  const chart = useMemo(
    () => chartOf({ tokens, billion_params, chip }),
    [tokens, billion_params, chip],
  );
  const sentence = sentenceOf(state);
  return (
    <ChartFigure
      name="tokens-per-pass"
      title={t("tokens_per_pass.title")}
      results={resultsOf(state)}
      chart={chart}
      sentence={sentence}
      hint={t("tokens_per_pass.try")}
      data={() => ({ settings: { tokens, billion_params }, rows: rowsOf(state) })}
      pick={(x) => set({ tokens: tokensAt(x) })}
      page={page}
      reset={restore}
    >
      <StopSlider
        name={t("tokens_per_pass.tokens")}
        value={tokens}
        stops={TOKENS}
        valueText={sentence}
        set={(to) => set({ tokens: to })}
      />
      <StopSlider
        name={t("tokens_per_pass.params")}
        value={billion_params}
        stops={PARAMS}
        whole={false}
        valueText={sentence}
        set={(to) => set({ billion_params: to })}
      />
    </ChartFigure>
  );
}

export default defineView({ Component: TokensPerPass, schema });
