// The figure's data and picture, as text that a reader can save.

import { toCSV } from "../../ui/export.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { formatNumber, t } from "../../ui/strings.js";
import { largestOf, loadOf, shownStep } from "./load.js";

/** @typedef {import("./load.js").State} State */

const [LINE, BAR, WIDTH, LABEL] = [22, 14, 400, 80];

/** @param {State} state */
export const csvText = (state) => toCSV(loadOf(state).rows);

/** @param {State} state */
export const jsonText = (state) =>
  `${JSON.stringify({ step: shownStep(state), capacity: state.capacity, experts: loadOf(state).rows }, undefined, 2)}\n`;

/**
 * @param {State} state
 * @param {string} caption
 * @param {(name: string) => string} color what the page calls `--cs336-NAME`
 */
export function pictureSVG(state, caption, color) {
  const picture = new Picture(color);
  const { rows, mean } = loadOf(state);
  const [left, top] = [MARGIN + LABEL, picture.y];
  const largest = largestOf(state.loads);
  const width = (/** @type {number} */ tokens) => Number(((WIDTH * tokens) / largest).toFixed(1));
  for (const { expert, processed, dropped } of rows) {
    const [y, base] = [picture.y + (LINE - BAR) / 2, picture.y + LINE - 7];
    const bar = `y="${y}" height="${BAR}"`;
    picture.text(t("expert_load.expert", { n: expert }), left - 8, base, { anchor: "end" });
    picture.parts.push(
      `<rect x="${left}" ${bar} width="${width(processed)}" fill="${color("accent")}"/>`,
      `<rect x="${left + width(processed)}" ${bar} width="${width(dropped)}" fill="none" stroke="${color("control")}"/>`,
    );
    picture.text(formatNumber(processed + dropped), left + WIDTH + 12, base);
    picture.y += LINE;
  }
  picture.parts.push(
    `<path d="M${left + width(mean)} ${top}V${picture.y}" stroke="${color("ink")}" stroke-width="2"/>`,
  );
  picture.caption(caption);
  return picture.toSVG(caption);
}
