// A chart as a picture for the reader to save.

import { namesOf } from "./chart_axes.js";
import { MARGIN, Picture } from "./picture.js";

/** @typedef {import("./chart_axes.js").Line} Line */
/** @typedef {import("./chart_axes.js").Tick} Tick */

/**
 * What a chart shows. `paints`: the color of each kind of line and dot, the name of a page's color;
 * `dashed`: the kinds whose lines are dashed.
 * @typedef {{ lines: readonly Line[], ticks: readonly Tick[], ticksY: readonly Tick[], axis: string,
 *   axisY: string, now?: { x: number, text: string }, dots?: readonly { kind: string, x: number, y: number }[],
 *   paints: Record<string, string>, dashed?: readonly string[] }} PaintedChart
 */

const PLOT = { left: MARGIN + 72, width: 472, height: 230 };
const ROW = 22;

/**
 * @param {PaintedChart} chart
 * @param {readonly (readonly [name: string, value: string])[]} results
 * @param {string} caption
 * @param {(name: string) => string} color the value of the page's `--cs336-NAME`
 */
export function chartSVG(chart, results, caption, color) {
  const picture = new Picture(color);
  for (const [name, value] of results) {
    picture.text(`${name}: ${value}`, MARGIN, picture.y + 14);
    picture.y += ROW;
  }
  picture.y += ROW;
  picture.text(chart.axisY, MARGIN, picture.y, { color: "quiet" });
  picture.y += 30; // the label of the vertical line stands between
  drawChart(picture, chart);
  picture.caption(caption);
  return picture.toSVG(caption);
}

/** @param {Picture} picture @param {PaintedChart} chart */
function drawChart(picture, { lines, ticks, ticksY, axis, now, dots = [], paints, dashed = [] }) {
  const { color, y: top } = picture;
  const { left, width, height } = PLOT;
  const across = (/** @type {number} */ x) => left + width * x;
  const up = (/** @type {number} */ y) => top + height * (1 - y);
  const paint = (/** @type {string} */ kind) => color(paints[kind] ?? "control");
  for (const [y, text] of ticksY) {
    picture.parts.push(`<path d="M${left} ${up(y)}h${width}" stroke="${color("line")}"/>`);
    picture.text(text, left - 8, up(y) + 5, { anchor: "end", color: "quiet" });
  }
  for (const [x, text] of ticks)
    picture.text(text, across(x), top + height + 20, { anchor: "middle", color: "quiet" });
  for (const { kind, points } of lines) {
    const path = points.map(([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`).join(" ");
    const dashes = dashed.includes(kind) ? ' stroke-dasharray="5 4"' : "";
    picture.parts.push(
      `<polyline points="${path}" fill="none" stroke="${paint(kind)}" stroke-width="2.5"${dashes}/>`,
    );
  }
  for (const { name, y } of namesOf(lines)) picture.text(name, left + width + 8, up(y) + 5);
  if (now) {
    const x = across(now.x).toFixed(1);
    picture.parts.push(`<path d="M${x} ${top}v${height}" stroke="${color("ink")}"/>`);
    const anchor = now.x < 0.5 ? "start" : "end";
    picture.text(now.text, Number(x), top - 6, { anchor });
  }
  for (const { kind, x, y } of dots)
    picture.parts.push(`<circle cx="${across(x)}" cy="${up(y)}" r="5" fill="${paint(kind)}"/>`);
  picture.text(axis, left, top + height + 42, { color: "quiet" });
  picture.y = top + height + 46;
}
