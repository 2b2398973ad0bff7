// The drawing: slow memory around, fast memory with the current tile inside, and a map of the scores,
// none of which is ever written.

import { useMemo } from "preact/hooks";
import { formatNumber, t } from "../../ui/strings.js";
import { HEIGHT, layoutOf, SIDE } from "./layout.js";
import { keysText, queriesText } from "./text.js";

/** @typedef {import("../../browser/model/flash_steps.js").Step} Step */

/**
 * The scores of the tile in fast memory: larger scores are more opaque, a dot marks a negative score, a
 * cross a masked one.
 * @param {{ current: Step, at: { x: number, y: number }, cell: number, largest: number }} props
 */
function Scores({ current: { rows }, at, cell, largest }) {
  return (
    <g class="cs336-flash-fresh">
      {rows.flatMap(({ scores }, row) =>
        scores.map((score, i) => {
          const [x, y] = [at.x + cell * i, at.y + cell * row];
          if (score === -Infinity)
            return (
              <path
                key={`${i} ${row}`}
                class="cs336-flash-masked"
                d={`M${x + cell * 0.35} ${y + cell * 0.35}l${cell * 0.3} ${cell * 0.3}m0 ${-cell * 0.3}l${-cell * 0.3} ${cell * 0.3}`}
              />
            );
          return (
            <g key={`${i} ${row}`}>
              <rect
                class={score < 0 ? "cs336-flash-below" : "cs336-flash-above"}
                x={x + 0.5}
                y={y + 0.5}
                width={cell - 1}
                height={cell - 1}
                opacity={0.12 + (0.78 * Math.abs(score)) / largest}
              />
              {score < 0 && (
                <circle
                  class="cs336-flash-dot"
                  cx={x + cell / 2}
                  cy={y + cell / 2}
                  r={Math.min(3, cell / 6)}
                />
              )}
            </g>
          );
        }),
      )}
    </g>
  );
}

/** @param {{ block: import("./layout.js").Block }} props */
function Block({ block: { key, part, x, y, width, height, look, from } }) {
  const classes = [`cs336-flash-${look}`];
  if (key.startsWith("scores")) classes.push("cs336-flash-scores");
  if (from) classes.push("cs336-flash-moves");
  return (
    <g
      class={classes.join(" ")}
      style={from && { "--dx": `${from.x - x}px`, "--dy": `${from.y - y}px` }}
    >
      <rect
        x={x + 1}
        y={y + 1}
        width={Math.max(1, width - 2)}
        height={Math.max(1, height - 2)}
        rx="2"
      />
      {look === "skipped" && <path d={`M${x + 2} ${y + 2}L${x + width - 2} ${y + height - 2}`} />}
      {part && Math.min(width, height) > 15 && (
        <text class="cs336-flash-part" x={x + width / 2} y={y + height / 2 + 5}>
          {t(`flash.axis.${part}`)}
        </text>
      )}
    </g>
  );
}

/**
 * @param {{ shape: import("../../browser/model/flash_tiles.js").Shape, widths: import("./layout.js").Widths,
 *   steps: readonly Step[], step: number, skipped: number, row: number | undefined, moved: number,
 *   held: number, capacity: number }} props
 *   `row`: the selected query; `moved`: numbers moved so far; `held`: numbers in fast memory, of
 *   `capacity`
 */
export function Grid({ shape, widths, steps, step, skipped, row, moved, held, capacity }) {
  const { unit, frames, labels, blocks, scores, map } = useMemo(
    () => layoutOf(shape, widths, steps, step),
    [shape, widths, steps, step],
  );
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
  /** @type {Record<string, string>} */
  const names = {
    slow: t("flash.memory.slow"),
    fast: t("flash.memory.fast", { n: formatNumber(held), capacity: formatNumber(capacity) }),
  };
  return (
    <svg class="cs336-flash-grid" viewBox={`0 0 ${SIDE} ${HEIGHT}`} role="img" aria-label={title}>
      {frames.map(({ name, x, y, width, height }) => (
        <g key={name} class={`cs336-flash-frame-${name}`}>
          <rect x={x + 1} y={y + 1} width={width - 2} height={height - 2} rx="6" />
          <text x={x + 8} y={y + 18}>
            {names[name]}
          </text>
        </g>
      ))}
      <text class="cs336-flash-moved" x={SIDE - 8} y="18">
        {t("flash.memory.moved", { n: formatNumber(moved) })}
      </text>
      <text class="cs336-flash-label" x={map.x + map.side / 2} y={map.y - 7}>
        {t("flash.memory.map")}
      </text>
      {labels.map(({ name, x, y }) => (
        <text key={name} class="cs336-flash-label" x={x} y={y}>
          {t(`flash.axis.${name}`)}
        </text>
      ))}
      {blocks.map((block) => (
        <Block key={block.key} block={block} />
      ))}
      {current && <Scores key={step} current={current} at={scores} cell={unit} largest={largest} />}
      {current && row !== undefined && (
        <rect
          class="cs336-flash-row"
          x={scores.x}
          y={scores.y + unit * (row - current.tile.top)}
          width={unit * (current.tile.right - current.tile.left)}
          height={unit}
        />
      )}
    </svg>
  );
}

/** What the drawing's colors and marks mean. */
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
