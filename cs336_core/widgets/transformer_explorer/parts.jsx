// The parts beside the river: in each block the heads, as maps of their attention weights, and the MLP.

import { headPart, mlpPart } from "../../browser/model/transformer/parts.js";
import { HeadMap } from "../../ui/live_model/head_map.jsx";
import { t } from "../../ui/strings.js";

/**
 * @param {{ layout: import("./river.js").Layout, pass: import("../../browser/model/transformer/model.js").Pass,
 *   position: number, chosen: string, removed: ReadonlySet<string>, choose: (part: string) => void,
 *   point: (part: string) => void }} props `chosen`: the part that is described; `point`: of the part under
 *   the pointer, or "" for none
 */
export function Parts({ layout, pass, position, chosen, removed, choose, point }) {
  /** @param {string} part @param {string} name @param {string} kind @param {import("preact").ComponentChildren} inside */
  const button = (part, name, kind, inside) => (
    <button
      key={part}
      type="button"
      class={`cs336-explorer-part cs336-explorer-part-${kind}`}
      aria-pressed={part === chosen}
      aria-label={removed.has(part) ? `${name}, ${t("explorer.off")}` : name}
      title={name}
      data-removed={removed.has(part) || undefined}
      onClick={() => choose(part === chosen ? "" : part)}
      onPointerEnter={(event) => event.pointerType === "mouse" && point(part)}
      onPointerLeave={() => point("")}
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && point(part)}
      onBlur={() => point("")}
    >
      {inside}
    </button>
  );
  return (
    <div class="cs336-explorer-parts">
      {layout.blocks.map(({ base, middle, top }, block) => (
        <div key={block}>
          <div
            class="cs336-explorer-heads"
            style={{ top: `${middle}px`, height: `${base - middle}px` }}
          >
            {pass.blocks[block]?.attention.heads.map(({ weights }, head) =>
              button(
                headPart(block, head),
                t("live.head", { head: head + 1, block: block + 1 }),
                "head",
                <HeadMap weights={weights} position={position} />,
              ),
            )}
          </div>
          <div class="cs336-explorer-mlps" style={{ top: `${top}px`, height: `${middle - top}px` }}>
            {button(
              mlpPart(block),
              t("explorer.mlp", { block: block + 1 }),
              "mlp",
              t("explorer.mlp.short"),
            )}
          </div>
        </div>
      ))}
    </div>
  );
}
