// The stepper's data and picture, as text for the reader to save.

import { resultOf } from "../../browser/model/flash_steps.js";
import { flashTraffic, moved } from "../../browser/model/memory_io.js";
import { escapeXML } from "../../ui/export.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { formatNumber, t } from "../../ui/strings.js";
import { HEIGHT, layoutOf, SIDE } from "./layout.js";
import { range } from "./text.js";

/** @typedef {import("../../browser/model/flash_steps.js").Step} Step */

/** One row per tile. @param {readonly Step[]} steps */
export function tileRows(steps) {
  let moved = 0;
  return steps.map(({ tile, rows, read, written }, i) => ({
    step: i + 1,
    first_query: tile.top,
    last_query: tile.bottom - 1,
    first_key: tile.left,
    last_key: tile.right - 1,
    read,
    written,
    moved: (moved += read + written),
    rows_rescaled: rows.filter(({ before, highest }) => before !== -Infinity && highest > before)
      .length,
  }));
}

/**
 * @param {import("./state.js").State} state
 * @param {import("../../browser/model/flash_steps.js").Inputs} inputs
 * @param {readonly Step[]} steps
 * @param {import("../../browser/model/memory_io.js").Traffic} naive
 */
export function jsonText({ seq_len, query_tile, key_tile, causal }, inputs, steps, naive) {
  const data = {
    seq_len,
    query_tile,
    key_tile,
    causal,
    ...inputs,
    tiles: tileRows(steps).map((row, i) => ({
      ...row,
      rows: steps[i]?.rows.map(({ query, scores, highest, rescale, total, output }) => ({
        query,
        scores: scores.map((score) => (score === -Infinity ? null : score)),
        highest,
        rescale,
        total,
        output,
      })),
    })),
    output: steps.filter(({ tile }) => tile.isLast).flatMap(({ rows }) => rows.map(resultOf)),
    naive,
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** @type {Record<import("./layout.js").Block["look"], string>} */
const FILLS = {
  now: "hue-4",
  done: "panel",
  written: "hue-2",
  skipped: "line",
  waiting: "surface",
};

/**
 * The grid with its frames, the numbers beside it, and the step in words.
 * @param {import("../../browser/model/flash_tiles.js").Shape} shape
 * @param {import("./layout.js").Widths} widths
 * @param {readonly Step[]} steps
 * @param {number} step
 * @param {import("../../browser/model/memory_io.js").Traffic} naive
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(shape, widths, steps, step, naive, caption, color) {
  const picture = new Picture(color);
  const { frames, labels, blocks, map } = layoutOf(shape, widths, steps, step);
  /** @type {Record<string, string>} */
  const names = { slow: t("flash.memory.slow"), fast: "SRAM" };
  picture.parts.push(
    `<g transform="translate(${MARGIN} ${picture.y})" font-size="16" fill="${color("ink")}">`,
  );
  for (const { name, x, y, width, height } of frames) {
    picture.parts.push(
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${color(name === "fast" ? "panel" : "surface")}" stroke="${color("control")}"/>` +
        `<text x="${x + 8}" y="${y + 18}" text-anchor="start" font-family="sans-serif">${escapeXML(names[name] ?? "")}</text>`,
    );
  }
  picture.parts.push(
    `<text x="${map.x + map.side / 2}" y="${map.y - 7}" font-family="sans-serif">${escapeXML(t("flash.memory.map"))}</text>`,
  );
  for (const { name, x, y } of labels)
    picture.parts.push(`<text x="${x}" y="${y}">${t(`flash.axis.${name}`)}</text>`);
  for (const { x, y, width, height, look } of blocks) {
    const dashes = look === "done" ? ' stroke-dasharray="2 3"' : "";
    const edge =
      look === "now"
        ? `stroke="${color("accent")}" stroke-width="2.5"`
        : `stroke="${color("control")}" stroke-width="0.75"${dashes}`;
    picture.parts.push(
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${color(FILLS[look])}" ${edge}/>`,
    );
  }
  picture.parts.push("</g>");
  const tile = steps[step - 1]?.tile;
  const x = SIDE + 2 * MARGIN;
  picture.text(`${t("flash.tiles")}: ${step} / ${steps.length}`, x, picture.y + 40);
  if (tile) {
    picture.text(
      t("flash.memory.queries", { rows: range(tile.top, tile.bottom) }),
      x,
      picture.y + 64,
    );
    picture.text(t("flash.memory.keys", { rows: range(tile.left, tile.right) }), x, picture.y + 88);
  }
  picture.text(
    `${t("flash.traffic.flash")}: ${formatNumber(moved(flashTraffic(steps.slice(0, step)).at(-1) ?? { read: 0, written: 0 }))}`,
    x,
    picture.y + 128,
  );
  picture.text(`${t("flash.traffic.naive")}: ${formatNumber(moved(naive))}`, x, picture.y + 152);
  /** @type {const} */ (["now", "done", "written", "skipped"]).forEach((look, i) => {
    const y = picture.y + 200 + 24 * i;
    picture.parts.push(
      `<rect x="${x}" y="${y - 11}" width="13" height="13" fill="${color(FILLS[look])}" stroke="${color("control")}"/>`,
    );
    picture.text(t(`flash.legend.${look}`), x + 22, y, { color: "quiet" });
  });
  picture.y += HEIGHT;
  picture.caption(caption);
  return picture.toSVG(caption);
}
