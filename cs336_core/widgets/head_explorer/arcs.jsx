// The sentence, with an arc from the selected token to each token that it attends to.

import { moveAmong, tokenOption } from "../../ui/live_model/token_keys.js";
import { percent } from "../../ui/numbers.js";
import { t } from "../../ui/strings.js";
import { arcPath, HIGH } from "./layout.js";
import { isVisible, thickness } from "./weights.js";

/**
 * @param {{ layout: import("./layout.js").Layout, labels: readonly string[], row: ArrayLike<number>, query: number,
 *   selected: number, description: string, choose: (position: number) => void,
 *   point: (cell: { row: number } | undefined) => void }} props
 *   `row`: the attention weights of the query, which is under the pointer or else selected
 */
export function Arcs({ layout, labels, row, query, selected, description, choose, point }) {
  const { kind, width, height, centers, sizes } = layout;
  const keys = labels.map((_, key) => key).slice(0, query + 1);
  const drawn = keys.filter((key) => isVisible(Number(row[key])));
  const isList = kind === "list";
  const below = { [isList ? "left" : "top"]: `${HIGH[kind]}px` };
  /** @param {number} i */
  const boxOf = (i) => {
    const begin = `${(Number(centers[i]) - Number(sizes[i]) / 2).toFixed(1)}px`;
    const size = `${Number(sizes[i]).toFixed(1)}px`;
    return isList ? { top: begin, height: size } : { left: begin, width: size };
  };
  return (
    <div class={`cs336-heads-arcs cs336-heads-${kind}`} style={{ height: `${height}px` }}>
      <svg width={width} height={height} role="img" aria-label={description}>
        {drawn.map((key) => (
          <path
            key={key}
            class="cs336-heads-arc"
            style={{ strokeWidth: `${thickness(Number(row[key])).toFixed(2)}px` }}
            d={arcPath(layout, query, key)}
          />
        ))}
      </svg>
      <div
        class="cs336-heads-tokens"
        role="listbox"
        aria-label={t("live.positions")}
        aria-orientation={isList ? "vertical" : "horizontal"}
        style={below}
        onKeyDown={(event) => moveAmong(event, selected, labels.length, choose)}
        onPointerLeave={() => point(undefined)}
      >
        {labels.map((label, i) => (
          <button
            key={i}
            type="button"
            {...tokenOption(label, i, i === selected)}
            class="cs336-heads-token"
            data-query={i === query || undefined}
            data-later={i > query || undefined}
            style={boxOf(i)}
            onClick={() => choose(i)}
            onPointerEnter={(event) => event.pointerType === "mouse" && point({ row: i })}
          >
            <bdi>{label}</bdi>
          </button>
        ))}
      </div>
      <div class="cs336-heads-percents" aria-hidden="true" style={below}>
        {drawn.map((key) => (
          <span key={key} style={boxOf(key)}>
            {percent(Number(row[key]), 0)}
          </span>
        ))}
      </div>
    </div>
  );
}
