// Draws values according to their kind, and marks what changed.

import { useMemo, useState } from "preact/hooks";
import { formatNumber, t } from "../../ui/strings.js";
import { hue } from "../../ui/tokens.js";
import { isTyped, repr, shapeOf, typeName } from "../trace/repr.js";
import { AtRest } from "./at_rest.jsx";
import { HeatMap } from "./heat_map.jsx";
import {
  changedRows,
  changedTokens,
  FOLDED_ROWS,
  FOLDED_TOKENS,
  linesOf,
  MAX_DEPTH,
  shapeOfValue,
  visibleElements,
} from "./value_kinds.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./value_kinds.js").Shape} Shape */

/** Characters of a long text that are shown until the reader unfolds it. */
const FOLDED_TEXT = 320;
/** Lines of a nested value that a step draws, more than are in view; the others follow at rest. */
const LINES = 30;
/** Characters of a count. */
const MAX_COUNT_LENGTH = 7;
/** Notes of a tensor; PyTorch prints no more. */
const MAX_NOTES = 2;

/**
 * @param {{ total: number, shown: number, recorded?: number, of: number | undefined, open: boolean, toggle: () => void }} props
 *   `recorded`: the length in the trace, if it is not the `total` that can be shown (bytes are shown
 *   with escapes); `of`: the length in the program, if the trace recorded less
 */
function More({ total, shown, recorded = total, of, open, toggle }) {
  const isPartial = of !== undefined && of > recorded;
  if (total <= shown && !isPartial) return null;
  return (
    <p class="cs336-more cs336-quiet">
      {total > shown && (
        <button type="button" aria-expanded={open} onClick={toggle}>
          {open
            ? t("trace.value.fold")
            : t("trace.value.unfold", { n: formatNumber(total - shown) })}
        </button>
      )}
      {isPartial && (
        <span>{t("trace.value.partial", { n: formatNumber(recorded), of: formatNumber(of) })}</span>
      )}
    </p>
  );
}

/**
 * Calls `draw` for each visible element, with a gap where others are left out.
 * @param {number[]} visible indices
 * @param {number | undefined} gap the index before which the trace lacks elements
 * @param {(i: number) => import("preact").ComponentChild} draw
 * @param {(key: string) => import("preact").ComponentChild} drawGap
 */
function withGaps(visible, gap, draw, drawGap) {
  return visible.flatMap((i, n) => {
    const isAfterGap = n > 0 && (i === gap || visible[n - 1] !== i - 1);
    return isAfterGap ? [drawGap(`gap ${i}`), draw(i)] : [draw(i)];
  });
}

/** @typedef {{ visible: number[], changed: Set<number> }} Selection */

/** @param {{ shape: Extract<Shape, { kind: "tokens" }> } & Selection} props */
function Tokens({ shape, visible, changed }) {
  return (
    <p class="cs336-ids">
      {withGaps(
        visible,
        shape.gap,
        (i) => {
          const id = /** @type {number} */ (shape.ids[i]);
          return (
            <span
              key={i}
              class={`cs336-id cs336-hue-${hue(id)}${changed.has(i) ? " cs336-new" : ""}`}
            >
              {id}
            </span>
          );
        },
        (key) => (
          <span key={key}>…</span>
        ),
      )}
    </p>
  );
}

/** A number in few characters: 3.35e+12. @param {number} value */
const compact = (value) =>
  `${value}`.length <= MAX_COUNT_LENGTH
    ? `${value}`
    : `${Number(value.toPrecision(4))}`.length <= MAX_COUNT_LENGTH
      ? `${Number(value.toPrecision(4))}`
      : value.toExponential(2);

/** @param {{ shape: Extract<Shape, { kind: "counts" }> } & Selection} props */
function Counts({ shape, visible, changed }) {
  const largest = shape.rows.reduce(
    (max, { count }) => (Number.isFinite(count) ? Math.max(max, count) : max),
    1e-9,
  );
  return (
    <ol class="cs336-counts">
      {withGaps(
        visible,
        shape.gap,
        (i) => {
          const { key, count } = /** @type {typeof shape.rows[number]} */ (shape.rows[i]);
          return (
            <li key={key} class={changed.has(i) ? "cs336-new" : undefined}>
              <code>{key}</code>
              <span class="cs336-bar-track" aria-hidden="true">
                <span class="cs336-bar" style={{ width: `${(100 * count) / largest}%` }} />
              </span>
              <span class="cs336-count">{compact(count)}</span>
            </li>
          );
        },
        (key) => (
          <li key={key}>…</li>
        ),
      )}
    </ol>
  );
}

/** @param {{ shape: Extract<Shape, { kind: "table" }>, before: Shape | undefined, depth: number, lines: number } & Selection} props */
function Table({ shape, before, depth, lines, visible, changed }) {
  const previous =
    before?.kind === "table" ? new Map(before.rows.map((row) => [row.key, row.value])) : undefined;
  let left = lines;
  return (
    <dl class="cs336-rows">
      {withGaps(
        visible,
        shape.gap,
        (i) => {
          const { key, value } = /** @type {typeof shape.rows[number]} */ (shape.rows[i]);
          const nested = { value, before: previous?.get(key), depth: depth + 1 };
          const own = left;
          left -= linesOf(value, own, depth + 1);
          return (
            <div key={key} class={changed.has(i) ? "cs336-new" : undefined}>
              <dt>
                <code>{key}</code>
              </dt>
              <dd>
                {own > 0 ? (
                  <ValueView {...nested} lines={own} />
                ) : (
                  <AtRest value={value} stub={<OneLine value={value} />}>
                    <ValueView {...nested} />
                  </AtRest>
                )}
              </dd>
            </div>
          );
        },
        (key) => (
          <div key={key}>
            <dt>…</dt>
            <dd />
          </div>
        ),
      )}
    </dl>
  );
}

/**
 * Which elements of a value changed.
 * @param {Shape | undefined} before
 * @param {Shape} now
 * @returns {Set<number>}
 */
function changedElements(before, now) {
  if (before?.kind === "tokens" && now.kind === "tokens") return changedTokens(before, now);
  if (before?.kind === "counts" && now.kind === "counts") return changedRows(before.rows, now.rows);
  if (before?.kind === "table" && now.kind === "table") return changedRows(before.rows, now.rows);
  return new Set();
}

/** @param {{ value: Value }} props */
const OneLine = ({ value }) => <code class="cs336-line-value">{repr(value)}</code>;

/**
 * @param {{ value: Value, shape?: Shape, before?: Value | undefined, depth?: number, lines?: number }} props
 *   `shape`: of the value, if it is known; `before`: the previous value, if this step changed it;
 *   `lines`: about how many to draw at once
 */
export function ValueView({ value, shape: known, before, depth = 0, lines = LINES }) {
  const [open, setOpen] = useState(false);
  const shape = useMemo(() => known ?? shapeOfValue(value), [value, known]);
  const previous = useMemo(
    () => (before === undefined ? undefined : shapeOfValue(before)),
    [before],
  );
  const toggle = () => setOpen(!open);
  if (shape.kind === "line" || depth > MAX_DEPTH) return <OneLine value={value} />;
  if (shape.kind === "tensor") return <HeatMap tensor={shape} />;
  if (shape.kind === "text") {
    const { text, size, of } = shape;
    return (
      <>
        <pre class="cs336-text" tabIndex={0}>
          {open ? text : text.slice(0, FOLDED_TEXT)}
        </pre>
        <More
          total={text.length}
          shown={FOLDED_TEXT}
          recorded={size}
          of={of}
          open={open}
          toggle={toggle}
        />
      </>
    );
  }
  const { length } = shape.kind === "tokens" ? shape.ids : shape.rows;
  const folded = shape.kind === "tokens" ? FOLDED_TOKENS : FOLDED_ROWS;
  const changed = changedElements(previous, shape);
  const first = visibleElements(length, folded, changed, false);
  const visible = open ? visibleElements(length, folded, changed, true) : first;
  const selection = { visible, changed };
  return (
    <>
      {shape.kind === "tokens" && <Tokens shape={shape} {...selection} />}
      {shape.kind === "counts" && <Counts shape={shape} {...selection} />}
      {shape.kind === "table" && (
        <Table shape={shape} before={previous} depth={depth} lines={lines} {...selection} />
      )}
      <More total={length} shown={first.length} of={shape.of} open={open} toggle={toggle} />
    </>
  );
}

/** The type of a value, with what else PyTorch prints of it. @param {Value} value @param {Shape} shape */
export function describeType(value, shape) {
  const notes = isTyped(value) ? (value.notes ?? []) : [];
  return [typeAndSize(value, shape), ...notes.slice(0, MAX_NOTES)].join(", ");
}

/** The type of a value, with its size if it is large. @param {Value} value @param {Shape} shape */
function typeAndSize(value, shape) {
  if (shape.kind === "tensor") return shapeOf(shape);
  if (isTyped(value) && value.shape?.length) return shapeOf(value);
  const name = typeName(value);
  if (isTyped(value) && value.dtype) return [...new Set([name, shapeOf(value)])].join(" ");
  if (shape.kind === "line") return name;
  const size =
    shape.of ??
    (shape.kind === "text"
      ? shape.size
      : shape.kind === "tokens"
        ? shape.ids.length
        : shape.rows.length);
  return t("trace.value.type", { name, size: formatNumber(size) });
}
