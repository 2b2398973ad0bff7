// Every head of the model as a small map of its weights: a row per block, the first at the bottom.

import { HeadMap } from "../../ui/live_model/head_map.jsx";
import { t } from "../../ui/strings.js";

/**
 * @param {{ pass: import("../../browser/model/transformer/model.js").Pass, position: number,
 *   chosen: import("./state.js").HeadIndex, choose: (headIndex: import("./state.js").HeadIndex) => void }} props
 */
export function HeadList({ pass, position, chosen, choose }) {
  const blocks = pass.blocks.map((_, i) => pass.blocks.length - 1 - i);
  return (
    <div class="cs336-heads-squares" role="group" aria-label={t("heads.all")}>
      {blocks.map((block) => (
        <div key={block} class="cs336-heads-block">
          <span aria-hidden="true">{t("live.block", { n: block + 1 })}</span>
          {pass.blocks[block]?.attention.heads.map(({ weights }, head) => {
            const name = t("live.head", { head: head + 1, block: block + 1 });
            return (
              <button
                key={head}
                type="button"
                class="cs336-heads-map"
                aria-pressed={block === chosen.block && head === chosen.head}
                aria-label={name}
                title={name}
                onClick={() => choose({ block, head })}
              >
                <HeadMap weights={weights} position={position} />
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
