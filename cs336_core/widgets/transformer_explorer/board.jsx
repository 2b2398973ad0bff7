// Every part with a switch that removes it, and the effect of removing it alone.

import {
  attentionNormPart,
  FINAL_NORM,
  headPart,
  mlpNormPart,
  mlpPart,
  POSITIONS,
} from "../../browser/model/transformer/parts.js";
import { probabilityText } from "../../ui/live_model/prediction.js";
import { t } from "../../ui/strings.js";

/**
 * @param {{ config: import("../../browser/model/transformer/model.js").Config, names: Record<string, string>,
 *   removed: ReadonlySet<string>, effects: Record<string, number>, normal: number, toggle: (part: string) => void }} props
 *   `effects`: part -> the probability of the expected token without it, as far as computed; `normal`: with
 *   every part
 */
export function Board({ config, names, removed, effects, normal, toggle }) {
  /** @param {string} part @param {string} label */
  const button = (part, label) => {
    const effect = effects[part];
    const lost = effect === undefined ? 0 : Math.max(0, 1 - effect / normal);
    return (
      <button
        key={part}
        type="button"
        class="cs336-explorer-switch"
        aria-pressed={removed.has(part)}
        title={names[part]}
        style={{ "--lost": lost.toFixed(2) }}
        onClick={() => toggle(part)}
      >
        <span>{label}</span>
        <span class="cs336-explorer-effect">
          {effect === undefined ? "…" : probabilityText(effect)}
        </span>
      </button>
    );
  };
  const heads = Array.from({ length: config.n_heads }, (_, head) => head);
  const blocks = Array.from({ length: config.n_layers }, (_, i) => config.n_layers - 1 - i);
  return (
    <div class="cs336-explorer-board">
      <div class="cs336-explorer-row">
        <span />
        {button(FINAL_NORM, t("explorer.part.final.short"))}
        {button(POSITIONS, t("explorer.part.positions"))}
      </div>
      {blocks.map((block) => (
        <div
          class="cs336-explorer-row"
          key={block}
          role="group"
          aria-label={t("live.block", { n: block + 1 })}
        >
          <span aria-hidden="true">{t("live.block", { n: block + 1 })}</span>
          {button(attentionNormPart(block), t("explorer.board.norm"))}
          {heads.map((head) =>
            button(headPart(block, head), t("explorer.head.short", { head: head + 1 })),
          )}
          {button(mlpNormPart(block), t("explorer.board.norm"))}
          {button(mlpPart(block), t("explorer.mlp.short"))}
        </div>
      ))}
    </div>
  );
}
