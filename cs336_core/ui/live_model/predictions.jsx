// What the model expects next: the likeliest tokens, with their logits and probabilities. A click appends
// one to the text.

import { t } from "../strings.js";
import { logitText, probabilityText } from "./prediction.js";

/** @typedef {import("./prediction.js").Prediction} Prediction */

/**
 * @param {{ title: string, predictions: readonly Prediction[], hasRemoved: boolean, append: (id: number) => void }} props
 */
export function Predictions({ title, predictions, hasRemoved, append }) {
  return (
    <div class="cs336-live-next" role="group" aria-label={title}>
      <p class="cs336-live-next-title">
        <span>{title}</span>
        <span class="cs336-quiet">{t("live.next.hint")}</span>
      </p>
      <ol>
        {predictions.map(({ id, label, logit, probability, before }) => (
          <li key={id}>
            <button type="button" class="cs336-live-candidate" onClick={() => append(id)}>
              <bdi>{label}</bdi>
              <span class="cs336-live-track">
                {hasRemoved && (
                  <span
                    class="cs336-live-before"
                    style={{ width: `${(100 * before).toFixed(1)}%` }}
                  />
                )}
                <span
                  class="cs336-live-bar"
                  style={{ width: `${(100 * probability).toFixed(1)}%` }}
                />
              </span>
              <span class="cs336-live-percent">{probabilityText(probability)}</span>
              <span class="cs336-live-logit">
                <span class="cs336-unseen">{t("live.next.logit")} </span>
                {logitText(logit)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
