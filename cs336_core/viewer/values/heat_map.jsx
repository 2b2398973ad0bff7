// A tensor as a heat map: blue above zero, orange below, and the entry under the pointer in words.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatNumber, t } from "../../ui/strings.js";
import { AtRest } from "./at_rest.jsx";

/** @typedef {{ rows: unknown[][], dtype: string, shape: number[] }} Tensor */

const POSITIVE = [31, 95, 191];
const NEGATIVE = [180, 83, 9];
const UNKNOWN = [130, 60, 160]; // nan, inf
/** Pixels of a cell, and of the whole heat map. */
const MAX_CELL = 18;
const MIN_CELL = 3;
const WIDTH = 280;
const HEIGHT = 200;
/** Rows and columns in the table of entries, and of a tensor whose table is open from the start. */
const MAX_TABLE = 20;
const SMALL_TENSOR = 8;

/** @param {unknown} value */
const asNumber = (value) =>
  typeof value === "number" ? value : value === true ? 1 : value === false ? 0 : NaN;

/** @param {number} value */
const short = (value) => String(Number(value.toPrecision(3)));

/** @param {Tensor} tensor */
function measure({ rows }) {
  let columns = 1;
  let min = Infinity;
  let max = -Infinity;
  for (const row of rows) {
    columns = Math.max(columns, row.length);
    for (const cell of row) {
      const value = asNumber(cell);
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { columns, min, max };
}

/** @param {Tensor} tensor @param {number} columns @param {number} largest absolute value */
function toImage({ rows }, columns, largest) {
  const image = new ImageData(columns, Math.max(1, rows.length));
  rows.forEach((row, y) =>
    row.forEach((cell, x) => {
      const value = asNumber(cell);
      const color = Number.isFinite(value) ? (value < 0 ? NEGATIVE : POSITIVE) : UNKNOWN;
      const intensity = Number.isFinite(value) ? Math.abs(value) / (largest || 1) : 1;
      const at = 4 * (y * columns + x);
      image.data.set(color, at);
      // Zero keeps a faint tint, so that the tensor's edges stay visible.
      image.data[at + 3] = Math.round(24 + 231 * intensity);
    }),
  );
  return image;
}

/** @param {{ rows: unknown[][] }} props */
function Entries({ rows }) {
  return (
    <div class="cs336-scroll" tabIndex={0} role="group" aria-label={t("trace.tensor.entries")}>
      <table>
        <tbody>
          {rows.slice(0, MAX_TABLE).map((row, y) => (
            <tr key={y}>
              {row.slice(0, MAX_TABLE).map((value, x) => (
                <td key={x}>{typeof value === "number" ? short(value) : String(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** @param {{ tensor: Tensor }} props */
export function HeatMap({ tensor }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [pointed, setPointed] = useState(""); // the entry under the pointer
  const [isOpen, setOpen] = useState(false); // whether the reader has opened a large table
  const { columns, min, max } = useMemo(() => measure(tensor), [tensor]);
  const height = Math.max(1, tensor.rows.length);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.putImageData(toImage(tensor, columns, Math.max(Math.abs(min), Math.abs(max))), 0, 0);
  }, [tensor, columns, min, max]);
  const cell = Math.max(
    MIN_CELL,
    Math.min(MAX_CELL, Math.floor(WIDTH / columns), Math.floor(HEIGHT / height)),
  );
  const isSmall = columns <= SMALL_TENSOR && height <= SMALL_TENSOR;
  const hasRange = min <= max;
  const recorded = tensor.rows.reduce((sum, row) => sum + row.length, 0);
  const total = tensor.shape.reduce((product, size) => product * size, 1);
  const range = hasRange
    ? t(recorded < total ? "trace.tensor.range.partial" : "trace.tensor.range", {
        min: short(min),
        max: short(max),
        n: formatNumber(recorded),
        of: formatNumber(total),
      })
    : "";
  /** @param {PointerEvent} event */
  const point = (event) => {
    const y = Math.floor((event.offsetY / (cell * height)) * height);
    const x = Math.floor((event.offsetX / (cell * columns)) * columns);
    const value = tensor.rows[y]?.[x];
    if (value !== undefined)
      setPointed(t("trace.tensor.cell", { row: y, column: x, value: String(value) }));
  };
  return (
    <div class="cs336-heat">
      <canvas
        ref={canvas}
        width={columns}
        height={height}
        role="img"
        aria-label={range ? t("trace.tensor.picture.range", { range }) : t("trace.tensor.picture")}
        style={{ width: `${cell * columns}px`, height: `${cell * height}px` }}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setPointed("")}
      />
      <p class="cs336-quiet">{pointed || range}</p>
      {isSmall ? (
        <Entries rows={tensor.rows} />
      ) : (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t("trace.tensor.entries")}</summary>
          {isOpen ? (
            <Entries rows={tensor.rows} />
          ) : (
            <AtRest value={tensor} stub={null}>
              <Entries rows={tensor.rows} />
            </AtRest>
          )}
        </details>
      )}
    </div>
  );
}
