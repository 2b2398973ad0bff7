// The figure's data and picture, as text for the reader to save.

import { rowOf } from "../../browser/model/transformer/matrix.js";
import { toCSV } from "../../ui/export.js";
import { weightRows } from "../../ui/live_model/heads.js";
import { percent } from "../../ui/numbers.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { urlTraits } from "../../ui/state.js";
import { arcPath, HIGH, layoutOf } from "./layout.js";
import { schema } from "./state.js";
import { describe } from "./text.js";
import { isVisible, thickness } from "./weights.js";

/** @typedef {import("./use_heads.js").Shown} Shown */

/** The width of the saved picture. */
const WIDTH = 688;

/** @param {Shown | undefined} shown */
export const csvText = (shown) => toCSV(shown ? weightRows(shown.pass, shown.labels) : []);

/**
 * The settings, the tokens, and the weights of the selected head.
 * @param {import("./state.js").State} state
 * @param {Shown | undefined} shown
 */
export function jsonText(state, shown) {
  const settings = Object.fromEntries(urlTraits(schema).map((name) => [name, state[name]]));
  const data = shown && {
    tokens: shown.labels,
    block: shown.headIndex.block + 1,
    head: shown.headIndex.head + 1,
    weights: shown.labels.map((_, i) => [...rowOf(shown.weights, i)]),
  };
  return `${JSON.stringify({ settings, ...data }, null, 1)}\n`;
}

/**
 * The arcs from the selected token, and the head in words.
 * @param {Shown | undefined} shown
 * @param {(name: string) => string} color
 */
export function pictureSVG(shown, color) {
  const picture = new Picture(color);
  if (!shown) return picture.toSVG("");
  const { labels, weights, position, headIndex } = shown;
  const layout = layoutOf(labels, WIDTH);
  const row = rowOf(weights, position);
  const arcs = labels.flatMap((_, key) =>
    key <= position && isVisible(Number(row[key]))
      ? [
          `<path d="${arcPath(layout, position, key)}" fill="none" stroke="${color("attention")}" ` +
            `stroke-width="${thickness(Number(row[key])).toFixed(2)}" stroke-opacity="0.8"/>`,
        ]
      : [],
  );
  picture.parts.push(`<g transform="translate(${MARGIN} ${picture.y})">${arcs.join("\n")}</g>`);
  const turned = layout.kind === "turned";
  const base = picture.y + HIGH[layout.kind];
  labels.forEach((label, i) => {
    const x = MARGIN + Number(layout.centers[i]);
    const name = i === position ? "accent" : "ink";
    picture.parts.push(
      `<g transform="translate(${x.toFixed(1)} ${base + 18})${turned ? " rotate(60)" : ""}">`,
    );
    picture.text(label, turned ? 0 : -4 * label.length, 0, { color: name });
    if (isVisible(Number(row[i])) && !turned)
      picture.text(percent(Number(row[i]), 0), -14, 20, { color: "quiet" });
    picture.parts.push("</g>");
  });
  picture.y += layout.height;
  const sentence = describe(headIndex, labels, weights, position);
  picture.caption(sentence);
  return picture.toSVG(sentence);
}
