// The drawing: a column per token, its embedding at the bottom, and the river of the selected one.

import { rowOf } from "../../browser/model/transformer/matrix.js";
import { moveAmong, tokenOption } from "../../ui/live_model/token_keys.js";
import { percent } from "../../ui/numbers.js";
import { BLUE, ORANGE, Pixels } from "../../ui/pixels.jsx";
import { t } from "../../ui/strings.js";
import { EMBEDDING, TOP } from "./river.js";

/** @typedef {import("./river.js").Layout} Layout */
/** @typedef {import("./river.js").Strand} Strand */

/** Pixels per letter of a token. */
const LETTER = 8.5;

/**
 * @param {{ layout: Layout, strands: readonly Strand[], position: number, shown: { block: number } | undefined,
 *   description: string }} props
 */
export function River({ layout, strands, position, shown, description }) {
  const { width, height, columns, blocks } = layout;
  return (
    <svg
      class="cs336-explorer-river"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={description}
    >
      {blocks.map(({ base }, block) => (
        <path key={block} class="cs336-explorer-level" d={`M0 ${base}H${width}`} />
      ))}
      {columns.map((x, i) => (
        <path
          key={i}
          class="cs336-explorer-stream"
          data-later={i > position || undefined}
          d={`M${x.toFixed(1)} ${height - EMBEDDING}V${TOP - 14}`}
        />
      ))}
      {strands.map(({ kind, block, key, width: thick, d }) => (
        <path
          key={`${kind}-${block}-${key}`}
          class={`cs336-explorer-strand cs336-explorer-${kind}`}
          data-dim={(shown && (kind !== "attention" || block !== shown.block)) || undefined}
          style={{ strokeWidth: `${Math.max(0.5, thick - 0.4).toFixed(2)}px` }}
          d={d}
        />
      ))}
      <path
        class="cs336-explorer-arrow"
        d={`M${Number(columns[position]).toFixed(1)} ${TOP - 28}l-7 11h14z`}
      />
    </svg>
  );
}

/**
 * The blocks by name, beside the drawing, and what the model would predict if it ended there.
 * @param {{ layout: Layout, guesses: readonly { label: string, probability: number }[], d: number }} props
 *   `d`: the width of the stream
 */
export function Levels({ layout: { blocks, height }, guesses, d }) {
  return (
    <ol class="cs336-explorer-levels">
      {blocks.map(({ top }, block) => {
        const guess = guesses[block + 1];
        return (
          <li key={block} style={{ top: `${top}px` }}>
            <span>{t("live.block", { n: block + 1 })}</span>
            {guess && (
              <span title={t("explorer.guess.title", { n: block + 1 })}>
                <span aria-hidden="true">→ </span>
                <bdi>{guess.label}</bdi> {percent(guess.probability, 0)}
              </span>
            )}
          </li>
        );
      })}
      <li style={{ top: "-4px" }}>
        <span>{t("explorer.top")}</span>
        <span>{t("explorer.top.head")}</span>
      </li>
      <li class="cs336-explorer-embeddings" style={{ top: `${height - EMBEDDING}px` }}>
        <span>{t("explorer.embedding")}</span>
        <span>{t("explorer.embedding.size", { n: d })}</span>
      </li>
    </ol>
  );
}

/**
 * The tokens, each with its embedding above it; one is selected.
 * @param {{ layout: Layout, labels: readonly string[], embeddings: import("../../browser/model/transformer/matrix.js").Matrix,
 *   largest: number, position: number, choose: (position: number) => void }} props
 *   `largest`: the entry with the strongest color
 */
export function Tokens({ layout, labels, embeddings, largest, position, choose }) {
  const letters = Math.max(...labels.map((label) => label.length));
  return (
    <div
      class="cs336-explorer-tokens"
      role="listbox"
      aria-label={t("live.positions")}
      aria-orientation="horizontal"
      onKeyDown={(event) => moveAmong(event, position, labels.length, choose)}
      style={{ width: `${layout.width}px` }}
      data-upright={letters * LETTER < layout.column || undefined}
    >
      {labels.map((label, i) => (
        <button
          key={i}
          type="button"
          {...tokenOption(label, i, i === position)}
          class="cs336-explorer-token"
          style={{
            left: `${(Number(layout.columns[i]) - layout.column / 2).toFixed(1)}px`,
            width: `${layout.column.toFixed(1)}px`,
          }}
          onClick={() => choose(i)}
        >
          <Pixels
            columns={1}
            rows={embeddings.columns}
            values={rowOf(embeddings, i)}
            paint={(value) => [value < 0 ? ORANGE : BLUE, Math.min(1, Math.abs(value) / largest)]}
          />
          <bdi>{label}</bdi>
        </button>
      ))}
    </div>
  );
}
