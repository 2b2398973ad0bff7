import { t } from "../../ui/strings.js";
import { number, rangeOf } from "./text.js";

/**
 * What the colors of the cells mean.
 * @param {{ attention: import("../../browser/model/attention.js").Attention, stage: import("./state.js").Stage }} props
 */
export function Legend({ attention: { scores, allowed }, stage }) {
  const { lowest, highest } = stage === "weights" ? { lowest: 0, highest: 1 } : rangeOf(scores);
  const masks = stage !== "scores" && allowed.some((row) => row.includes(false));
  return (
    <p class="cs336-attention-legend">
      <span>{number(lowest)}</span>
      <span class="cs336-attention-scale" aria-hidden="true" />
      <span>{number(highest)}</span>
      <span class="cs336-attention-key" style={{ visibility: masks ? "visible" : "hidden" }}>
        <span class="cs336-attention-masked" aria-hidden="true" /> {t("attention.legend.masked")}
      </span>
    </p>
  );
}
