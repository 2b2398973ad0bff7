// The tree: the prompt on the left, a column of candidates per step, the newest on the right.

import { useEffect, useRef } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { CHIP, COLUMN, lineOf, ROW } from "./layout.js";
import { fateOf, numberOn } from "./text.js";

/** @typedef {import("./decoding.js").State} State */
/** @typedef {import("./layout.js").Placed} Placed */

const rem = (/** @type {number} */ n) => `${n}rem`;

/** @param {Placed} candidate */
const kindOf = ({ rank, isBest, droppedBy }) => {
  if (rank === undefined) return droppedBy ? "out" : "dropped";
  return isBest ? "best" : "kept";
};

/**
 * @param {{ tree: ReturnType<typeof import("./layout.js").treeOf>,
 *   next: import("./decoding.js").NextTokens, method: State["method"] }} props
 */
export function Tree({ tree: { columns, rows, root }, next, method }) {
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const width = columns.length * COLUMN + CHIP;
  // The newest column is in view; earlier ones can be scrolled to.
  useEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [columns.length]);
  return (
    <div
      ref={scroller}
      class="cs336-decoding-scroller cs336-scrolls"
      role="group"
      tabIndex={0}
      aria-label={t("decoding.tree")}
    >
      <div class="cs336-decoding-tree" style={{ width: rem(width), height: rem(rows * ROW) }}>
        <svg viewBox={`0 0 ${width} ${rows * ROW}`} aria-hidden="true">
          {columns.map((column, i) =>
            [...column]
              .sort((a, b) => Number(a.isBest) - Number(b.isBest)) // the best line on top
              .map((candidate) => (
                <path
                  key={candidate.tokens.join()}
                  class={`cs336-decoding-line-${kindOf(candidate)}`}
                  d={lineOf(i, candidate)}
                />
              )),
          )}
        </svg>
        <p class="cs336-decoding-prompt" style={{ width: rem(CHIP), top: rem(root * ROW) }}>
          <span class="cs336-unseen">{t("decoding.prompt")} </span>
          <bdi>{next.label(next.prompt.at(-1))}</bdi>
        </p>
        {columns.map((column, i) => (
          <ol key={i} aria-label={t("decoding.column", { n: i + 1 })}>
            {column.map((candidate) => (
              <Chip
                key={candidate.tokens.join()}
                candidate={candidate}
                method={method}
                label={next.label(candidate.tokens.at(-1))}
                left={(i + 1) * COLUMN}
              />
            ))}
          </ol>
        ))}
      </div>
    </div>
  );
}

/** @param {{ candidate: Placed, method: State["method"], label: string, left: number }} props */
function Chip({ candidate, method, label, left }) {
  const { rank, y } = candidate;
  const fate = fateOf(method, candidate);
  return (
    <li
      class={`cs336-decoding-chip cs336-decoding-${kindOf(candidate)}`}
      style={{ left: rem(left), top: rem(y * ROW), width: rem(CHIP) }}
      title={fate}
    >
      <span class="cs336-decoding-rank" aria-hidden="true">
        {rank !== undefined && (method === "beam" ? rank + 1 : "✓")}
      </span>
      <bdi>{label}</bdi>
      <span class="cs336-decoding-number">{numberOn(method, candidate)}</span>
      <span class="cs336-unseen">, {fate}</span>
    </li>
  );
}
