// A tensor's numbers as colours: blue above zero, orange below, and the number under the pointer.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";

/** @typedef {{ rows: unknown[][], dtype: string, shape: number[] }} Tensor */

const POSITIVE = [31, 95, 191];
const NEGATIVE = [180, 83, 9];
const UNKNOWN = [130, 60, 160]; // nan, inf
/** Pixels of a cell, at most and at least. */
const CELL = 18;
const SMALLEST = 3;
const WIDTH = 280;
const HEIGHT = 200;
/** Rows and columns of entries that are written out, and of a tensor small enough to write them at once. */
const SHOWN = 20;
const SMALL_HIGH = 8;
const SMALL_WIDE = 8;

/** @param {unknown} value */
const asNumber = (value) =>
  typeof value === "number" ? value : value === true ? 1 : value === false ? 0 : NaN;

/** @param {number} value */
const short = (value) => String(Number(value.toPrecision(3)));

/** @param {Tensor} tensor */
function measure({ rows }) {
  let columns = 1;
  let least = Infinity;
  let most = -Infinity;
  for (const row of rows) {
    columns = Math.max(columns, row.length);
    for (const cell of row) {
      const value = asNumber(cell);
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { columns, least, most };
}

/** @param {Tensor} tensor @param {number} columns @param {number} largest */
function picture({ rows }, columns, largest) {
  const image = new ImageData(columns, Math.max(1, rows.length));
  rows.forEach((row, y) =>
    row.forEach((cell, x) => {
      const value = asNumber(cell);
      const color = Number.isFinite(value) ? (value < 0 ? NEGATIVE : POSITIVE) : UNKNOWN;
      const strength = Number.isFinite(value) ? Math.abs(value) / (largest || 1) : 1;
      // The smallest number still leaves a tint, so that the tensor's edges are seen.
      image.data.set([...color, Math.round(24 + 231 * strength)], 4 * (y * columns + x));
    }),
  );
  return image;
}

/** @param {{ rows: unknown[][] }} props */
function Entries({ rows }) {
  return (
    <div class="cs336-scroll" tabIndex={0} role="group" aria-label={t("trace.tensor.numbers")}>
      <table>
        <tbody>
          {rows.slice(0, SHOWN).map((row, y) => (
            <tr key={y}>
              {row.slice(0, SHOWN).map((value, x) => (
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
  const [told, tell] = useState("");
  const { columns, least, most } = useMemo(() => measure(tensor), [tensor]);
  const height = Math.max(1, tensor.rows.length);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.putImageData(
      picture(tensor, columns, Math.max(Math.abs(least), Math.abs(most))),
      0,
      0,
    );
  }, [tensor, columns, least, most]);
  const cell = Math.max(
    SMALLEST,
    Math.min(CELL, Math.floor(WIDTH / columns), Math.floor(HEIGHT / height)),
  );
  const isSmall = columns <= SMALL_WIDE && height <= SMALL_HIGH;
  const known = least <= most;
  const held = tensor.rows.reduce((sum, row) => sum + row.length, 0);
  const all = tensor.shape.reduce((product, size) => product * size, 1);
  const values = { least: short(least), most: short(most), n: held, of: all };
  const range = known
    ? t(held < all ? "trace.tensor.range.cut" : "trace.tensor.range", values)
    : "";
  /** @param {PointerEvent} event */
  const point = (event) => {
    const y = Math.floor((event.offsetY / (cell * height)) * height);
    const x = Math.floor((event.offsetX / (cell * columns)) * columns);
    const value = tensor.rows[y]?.[x];
    if (value !== undefined)
      tell(t("trace.tensor.cell", { row: y, column: x, value: String(value) }));
  };
  return (
    <div class="cs336-heat">
      <canvas
        ref={canvas}
        width={columns}
        height={height}
        role="img"
        aria-label={t("trace.tensor.picture", { range })}
        style={{ width: `${cell * columns}px`, height: `${cell * height}px` }}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => tell("")}
      />
      <p class="cs336-quiet">{told || range}</p>
      {isSmall ? (
        <Entries rows={tensor.rows} />
      ) : (
        <details>
          <summary>{t("trace.tensor.numbers")}</summary>
          <Entries rows={tensor.rows} />
        </details>
      )}
    </div>
  );
}
