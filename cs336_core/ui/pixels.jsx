// Numbers as a picture with a pixel for each, in colors that both themes share.

import { useLayoutEffect, useRef } from "preact/hooks";

/** @typedef {readonly [red: number, green: number, blue: number]} Color */

/** @type {Color} */
export const BLUE = [31, 95, 191];
/** @type {Color} */
export const ORANGE = [200, 100, 30];

/**
 * @param {{ columns: number, rows: number, values: ArrayLike<number>, paint: (value: number, row: number) => readonly [Color, number], className?: string }} props
 *   `values`: row by row; `paint`: the color of a value, and its opacity from 0 to 1
 */
export function Pixels({ columns, rows, values, paint, className }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !columns || !rows) return;
    const image = context.createImageData(columns, rows);
    for (let i = 0; i < columns * rows; i++) {
      const [color, opacity] = paint(Number(values[i]), Math.floor(i / columns));
      image.data.set([...color, Math.round(255 * opacity)], 4 * i);
    }
    context.putImageData(image, 0, 0);
  });
  return (
    <canvas ref={canvas} class={`cs336-pixels ${className ?? ""}`} width={columns} height={rows} />
  );
}
