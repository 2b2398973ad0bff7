// Values shown as what they are, with what has changed marked.

import { useMemo, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { hue } from "../../ui/tokens.js";
import { isTyped, repr, shapeOf, typeName } from "../trace/repr.js";
import { HeatMap } from "./heat_map.jsx";
import { changedKeys, changedSpan, shapeOfValue } from "./value_kinds.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./value_kinds.js").Shape} Shape */

/** How much of a long value is shown until the reader asks for more. */
const TOKENS = 40;
const ROWS = 6;
const TEXT = 320;
/** Characters of a count. */
const COUNT = 7;
/** Tables within tables. */
const DEEP = 4;

/**
 * @param {{ total: number, shown: number, held?: number, of: number | undefined, open: boolean, toggle: () => void }} props
 *   `held`: how many the trace holds, where they are not the `total` that can be shown (of bytes, which
 *   are shown with escapes); `of`: how many there were in the program, where the trace holds fewer
 */
function More({ total, shown, held = total, of, open, toggle }) {
  const cut = of !== undefined && of > held;
  if (total <= shown && !cut) return null;
  return (
    <p class="cs336-more cs336-quiet">
      {total > shown && (
        <button type="button" aria-expanded={open} onClick={toggle}>
          {open ? t("trace.value.fold") : t("trace.value.unfold", { n: total - shown })}
        </button>
      )}
      {cut && <span>{t("trace.value.cut", { n: held, of: of ?? 0 })}</span>}
    </p>
  );
}

/** @param {{ shape: Extract<Shape, { kind: "tokens" }>, before: Shape | undefined, open: boolean }} props */
function Tokens({ shape, before, open }) {
  const [first, end] = before?.kind === "tokens" ? changedSpan(before.ids, shape.ids) : [0, 0];
  const ids = open ? shape.ids : shape.ids.slice(0, TOKENS);
  return (
    <p class="cs336-ids">
      {ids.map((id, i) => (
        <span
          key={i}
          class={`cs336-id cs336-hue-${hue(id)}${i >= first && i < end ? " cs336-new" : ""}`}
        >
          {id}
        </span>
      ))}
    </p>
  );
}

/** A number of few characters: 3.35e+12 for a long one. @param {number} value */
const compact = (value) =>
  `${value}`.length <= COUNT
    ? `${value}`
    : `${Number(value.toPrecision(4))}`.length <= COUNT
      ? `${Number(value.toPrecision(4))}`
      : value.toExponential(2);

/** @param {{ shape: Extract<Shape, { kind: "counts" }>, before: Shape | undefined, open: boolean }} props */
function Counts({ shape, before, open }) {
  const fresh = before?.kind === "counts" ? changedKeys(before.rows, shape.rows) : new Set();
  const largest = shape.rows.reduce(
    (most, { count }) => (Number.isFinite(count) ? Math.max(most, count) : most),
    1e-9,
  );
  return (
    <ol class="cs336-counts">
      {(open ? shape.rows : shape.rows.slice(0, ROWS)).map(({ key, count }) => (
        <li key={key} class={fresh.has(key) ? "cs336-new" : undefined}>
          <code>{key}</code>
          <span class="cs336-bar-track" aria-hidden="true">
            <span class="cs336-bar" style={{ width: `${(100 * count) / largest}%` }} />
          </span>
          <span class="cs336-count">{compact(count)}</span>
        </li>
      ))}
    </ol>
  );
}

/** @param {{ shape: Extract<Shape, { kind: "table" }>, before: Shape | undefined, open: boolean, deep: number }} props */
function Table({ shape, before, open, deep }) {
  const were =
    before?.kind === "table" ? new Map(before.rows.map((row) => [row.key, row.value])) : undefined;
  const fresh = before?.kind === "table" ? changedKeys(before.rows, shape.rows) : new Set();
  return (
    <dl class="cs336-rows">
      {(open ? shape.rows : shape.rows.slice(0, ROWS)).map(({ key, value }) => (
        <div key={key} class={fresh.has(key) ? "cs336-new" : undefined}>
          <dt>
            <code>{key}</code>
          </dt>
          <dd>
            <ValueView value={value} before={were?.get(key)} deep={deep + 1} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/**
 * A value.
 * @param {{ value: Value, shape?: Shape, before?: Value | undefined, deep?: number }} props
 *   `shape`: the value's, where it is known; `before`: what it was until this step, where the step changed it
 */
export function ValueView({ value, shape: known, before, deep = 0 }) {
  const [open, setOpen] = useState(false);
  const shape = useMemo(() => known ?? shapeOfValue(value), [value, known]);
  const was = useMemo(() => (before === undefined ? undefined : shapeOfValue(before)), [before]);
  const toggle = () => setOpen(!open);
  if (shape.kind === "line" || deep > DEEP)
    return <code class="cs336-line-value">{repr(value)}</code>;
  if (shape.kind === "tensor") return <HeatMap tensor={shape} />;
  if (shape.kind === "text") {
    const { text, size, of } = shape;
    return (
      <>
        <pre class="cs336-text">{open ? text : text.slice(0, TEXT)}</pre>
        <More total={text.length} shown={TEXT} held={size} of={of} open={open} toggle={toggle} />
      </>
    );
  }
  const all = shape.kind === "tokens" ? shape.ids : shape.rows;
  return (
    <>
      {shape.kind === "tokens" && <Tokens shape={shape} before={was} open={open} />}
      {shape.kind === "counts" && <Counts shape={shape} before={was} open={open} />}
      {shape.kind === "table" && <Table shape={shape} before={was} open={open} deep={deep} />}
      <More
        total={all.length}
        shown={shape.kind === "tokens" ? TOKENS : ROWS}
        of={shape.of}
        open={open}
        toggle={toggle}
      />
    </>
  );
}

/** A value's type in a word or two, with the size of what is large. @param {Value} value @param {Shape} shape */
export function told(value, shape) {
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
  return t("trace.value.type", { name, size });
}
