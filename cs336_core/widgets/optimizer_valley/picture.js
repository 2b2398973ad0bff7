// The map as a picture for the reader to save.

import { METHODS } from "../../browser/training/landscape.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { t } from "../../ui/strings.js";
import { bandsOf, polylineOf, SIZE, toMap } from "./map.js";
import "./strings.en.js";

const WIDTH = 480;

/**
 * @param {import("./map.js").State} state
 * @param {Record<import("./map.js").Method, import("./map.js").Point[]>} paths
 * @param {string} caption
 * @param {(name: string) => string} color the value of the page's `--cs336-NAME`
 */
export function pictureSVG(state, paths, caption, color) {
  const picture = new Picture(color);
  const scale = WIDTH / SIZE;
  const shapes = bandsOf(state).map(
    (band) => `<path d="${band}" fill="${color("ink")}" fill-opacity="0.06" fill-rule="evenodd"/>`,
  );
  for (const method of METHODS) {
    const isNow = method === state.method;
    const points = paths[method].slice(0, state.step + 1);
    const paint = color(isNow ? "accent" : "quiet");
    shapes.push(
      `<polyline points="${polylineOf(state, points)}" fill="none" stroke="${paint}" stroke-width="${isNow ? 0.8 : 0.4}"/>`,
    );
    const end = points.at(-1);
    if (!end) continue;
    const [x, y] = [toMap(state, end.x), SIZE - toMap(state, end.y)];
    shapes.push(
      `<circle cx="${x}" cy="${y}" r="1.5" fill="${paint}"/>`,
      `<text x="${x + 2.5}" y="${y + 1}" font-size="3.2" text-anchor="start" font-family="sans-serif" fill="${color("ink")}">${t(`valley.${method}`)}</text>`,
    );
  }
  picture.text(t("valley.axis.y"), MARGIN, picture.y + 10, { color: "quiet" });
  const top = picture.y + 20;
  picture.parts.push(
    `<g transform="translate(${MARGIN} ${top}) scale(${scale})">${shapes.join("\n")}</g>`,
  );
  picture.text(t("valley.axis.x"), MARGIN, top + WIDTH + 20, { color: "quiet" });
  picture.y = top + WIDTH + 24;
  picture.caption(caption);
  return picture.toSVG(caption);
}
