// The scores as a grid of tiles, with what is read and written around them.

import { useMemo } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { FRAMES, HEIGHT, LABELS, LEFT, layoutOf, SIDE, TOP } from "./layout.js";
import { keysText, queriesText } from "./text.js";

/** @typedef {import("../../browser/model/flash_steps.js").Step} Step */

/**
 * The scores of the tile that is in fast memory: larger scores are more opaque, a dot marks a negative
 * score, a cross a masked one.
 * @param {{ current: Step, cell: number, largest: number }} props
 */
function Scores({ current: { tile, rows }, cell, largest }) {
  return (
    <g>
      <rect
        class="cs336-flash-backdrop"
        x={LEFT + cell * tile.left + 2}
        y={TOP + cell * tile.top + 2}
        width={cell * (tile.right - tile.left) - 4}
        height={cell * (tile.bottom - tile.top) - 4}
      />
      {rows.flatMap(({ query, scores }) =>
        scores.map((score, i) => {
          const [x, y] = [LEFT + cell * (tile.left + i), TOP + cell * query];
          if (score === -Infinity)
            return (
              <path
                key={`${x} ${y}`}
                class="cs336-flash-masked"
                d={`M${x + cell * 0.35} ${y + cell * 0.35}l${cell * 0.3} ${cell * 0.3}m0 ${-cell * 0.3}l${-cell * 0.3} ${cell * 0.3}`}
              />
            );
          return (
            <g key={`${x} ${y}`}>
              <rect
                class={score < 0 ? "cs336-flash-below" : "cs336-flash-above"}
                x={x + 1}
                y={y + 1}
                width={cell - 2}
                height={cell - 2}
                opacity={0.12 + (0.78 * Math.abs(score)) / largest}
              />
              {score < 0 && (
                <circle
                  class="cs336-flash-dot"
                  cx={x + cell / 2}
                  cy={y + cell / 2}
                  r={Math.min(3, cell / 8)}
                />
              )}
            </g>
          );
        }),
      )}
    </g>
  );
}

/**
 * @param {{ shape: import("../../browser/model/flash_tiles.js").Shape, steps: readonly Step[], step: number, skipped: number,
 *   row: number | undefined }} props `row`: the selected query
 */
export function Grid({ shape, steps, step, skipped, row }) {
  const { cell, blocks } = useMemo(() => layoutOf(shape, steps, step), [shape, steps, step]);
  const largest = useMemo(
    () =>
      Math.max(
        1e-9,
        ...steps.flatMap(({ rows }) =>
          rows.flatMap(({ scores }) => scores.filter(Number.isFinite).map(Math.abs)),
        ),
      ),
    [steps],
  );
  const current = steps[step - 1];
  const title = t("flash.grid", {
    n: shape.n,
    done: step,
    skipped,
    now: current
      ? t("flash.grid.now", { rows: queriesText(current.tile), columns: keysText(current.tile) })
      : t("flash.grid.none"),
  });
  return (
    <svg class="cs336-flash-grid" viewBox={`0 0 ${SIDE} ${HEIGHT}`} role="img" aria-label={title}>
      {FRAMES.map(({ name, x, y, width, height, textX, textY }) => (
        <g key={name} class={`cs336-flash-frame-${name}`}>
          <rect x={x + 1} y={y + 1} width={width - 2} height={height - 2} rx="6" />
          <text x={textX} y={textY}>
            {t(`flash.memory.${name}`)}
          </text>
        </g>
      ))}
      {LABELS.map(({ name, x, y }) => (
        <text key={name} class="cs336-flash-label" x={x} y={y}>
          {t(`flash.axis.${name}`)}
        </text>
      ))}
      {blocks.map(({ key, x, y, width, height, look }) => (
        <g
          key={key}
          class={`cs336-flash-${look}${key.startsWith("scores") ? " cs336-flash-scores" : ""}`}
        >
          <rect x={x + 1} y={y + 1} width={width - 2} height={height - 2} rx="2" />
          {look === "skipped" && (
            <path d={`M${x + 2} ${y + 2}L${x + width - 2} ${y + height - 2}`} />
          )}
        </g>
      ))}
      {current && <Scores current={current} cell={cell} largest={largest} />}
      {current && row !== undefined && (
        <rect
          class="cs336-flash-row"
          x={LEFT + cell * current.tile.left}
          y={TOP + cell * row}
          width={cell * (current.tile.right - current.tile.left)}
          height={cell}
        />
      )}
    </svg>
  );
}

/** What the grid's colors and marks mean. */
export function Legend() {
  return (
    <p class="cs336-flash-legend cs336-quiet">
      {["now", "done", "written", "skipped", "below", "masked"].map((name) => (
        <span key={name}>
          <span class={`cs336-flash-key cs336-flash-key-${name}`} aria-hidden="true">
            {name === "below" ? "•" : name === "masked" ? "×" : ""}
          </span>
          {t(`flash.legend.${name}`)}
        </span>
      ))}
    </p>
  );
}
