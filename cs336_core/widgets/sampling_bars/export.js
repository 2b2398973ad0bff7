// The figure's data and picture, as text that a reader can save.

import { toCSV } from "../../ui/export.js";
import { percent } from "../../ui/numbers.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { t } from "../../ui/strings.js";
import { dataOf, rowsOf, samplingOf, shownText } from "./bars.js";

/** @typedef {import("./bars.js").State} State */

const [LINE, BAR, WIDTH, LABEL] = [22, 12, 400, 130];

/** @param {State} state */
export const csvText = (state) => toCSV(dataOf(state));

/** @param {State} state */
export const jsonText = (state) =>
  `${JSON.stringify({ text: shownText(state).text, sampling: samplingOf(state), tokens: dataOf(state) }, undefined, 2)}\n`;

/**
 * @param {State} state
 * @param {string} caption
 * @param {(name: string) => string} color what the page calls `--cs336-NAME`
 */
export function pictureSVG(state, caption, color) {
  const picture = new Picture(color);
  const rows = rowsOf(state);
  const largest = Math.max(...rows.flatMap(({ before, after }) => [before, after]));
  const left = MARGIN + LABEL;
  for (const { label, before, after, dropped } of rows) {
    const base = picture.y + LINE - 8;
    const bar = (/** @type {number} */ prob) => ((WIDTH * prob) / largest).toFixed(1);
    const [y, height] = [picture.y + (LINE - BAR) / 2, BAR];
    picture.text(label, left - 8, base, { anchor: "end" });
    picture.parts.push(
      `<rect x="${left}" y="${y}" width="${bar(after)}" height="${height}" fill="${color("accent")}"/>`,
      `<path d="M${left} ${y - 2}v${height + 4}m${bar(before)} 0v-${height + 4}" fill="none" stroke="${color("control")}" stroke-width="2"/>`,
    );
    const note = dropped ? t(`sampling_bars.dropped.${dropped}`) : percent(after);
    picture.text(note, left + WIDTH + 12, base, { color: dropped ? "quiet" : "ink" });
    picture.y += LINE;
  }
  picture.caption(caption);
  return picture.toSVG(caption);
}
