// The figure's data and picture, as text for the reader to save.

import { byGroup, fractionOf } from "../../browser/accounting/count.js";
import { countParameters } from "../../browser/accounting/parameters.js";
import { escapeXML } from "../../ui/export.js";
import { percent } from "../../ui/numbers.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { urlTraits, within } from "../../ui/state.js";
import { formatNumber, t } from "../../ui/strings.js";
import { LENGTHS } from "./curves.js";
import { schema } from "./state.js";
import { flopsText, formulaOf, titleOf } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/count.js").Row} Row */
/** @typedef {import("./curves.js").Fractions & { length: number }} Point */
/** @typedef {{ attention: number | undefined, scores: number | undefined }} Crossings */

/** One row per operation; large numbers have all their digits. @param {readonly Row[]} rows */
export function csvRows(rows) {
  const all = byGroup(rows).all;
  return rows.map((row) => ({
    group: row.group,
    operation: row.operation,
    formula: formulaOf(row)?.letters ?? "",
    dimensions: row.factors.map(([, n]) => n).join(" × "),
    flops: String(row.flops),
    fraction: fractionOf(row.flops, all),
    params: String(row.params),
    bytes: String(row.bytes),
  }));
}

/**
 * @param {State} state
 * @param {import("../../browser/accounting/config.js").GivenConfig} config
 * @param {readonly Row[]} rows
 * @param {readonly Point[]} curve
 * @param {Crossings} crossings
 */
export function jsonText(state, config, rows, curve, crossings) {
  const strings = (/** @type {Record<string, bigint>} */ numbers) =>
    Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, String(n)]));
  const data = {
    settings: Object.fromEntries(urlTraits(schema).map((name) => [name, state[name]])),
    config,
    flops: strings(byGroup(rows)),
    parameters: strings(countParameters(config)),
    crossovers: crossings,
    rows: csvRows(rows),
    fractions: curve,
  };
  return `${JSON.stringify(data, null, 1)}\n`;
}

const WIDTH = 720;
const INNER = WIDTH - 2 * MARGIN;
const BAR = 32;
const PLOT = { left: MARGIN + 40, width: INNER - 40 - 120, height: 190 };
const ORDER = /** @type {const} */ (["projections", "scores", "mlp", "head", "other"]);

/** The paint of each group. @param {(name: string) => string} color */
function paints(color) {
  const [attention, mlp] = [color("attention"), color("mlp")];
  return {
    projections: attention,
    scores: "url(#stripes)",
    mlp,
    head: color("control"),
    other: color("line"),
  };
}

/** Stripes, so that color is not the only difference. @param {(name: string) => string} color */
const stripes = (color) =>
  `<defs><pattern id="stripes" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">` +
  `<rect width="6" height="6" fill="${color("surface")}"/><rect width="4" height="6" fill="${color("attention")}"/></pattern></defs>`;

/**
 * The split as a bar with its numbers, and the curve over the sequence length.
 * @param {State} state
 * @param {readonly Row[]} rows
 * @param {readonly Point[]} curve
 * @param {Crossings} crossings
 * @param {boolean} experts
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(state, rows, curve, crossings, experts, caption, color) {
  const picture = new Picture(color);
  const sums = byGroup(rows);
  const paint = paints(color);
  picture.parts.push(stripes(color));
  picture.text(`${titleOf(state)}: ${flopsText(sums.all, state.unit)}`, MARGIN, picture.y + 16);
  picture.y += 28;
  let x = MARGIN;
  for (const group of ORDER) {
    const wide = INNER * fractionOf(sums[group], sums.all);
    picture.parts.push(
      `<rect x="${x.toFixed(2)}" y="${picture.y}" width="${wide.toFixed(2)}" height="${BAR}" fill="${paint[group]}"/>`,
    );
    x += wide;
  }
  picture.y += BAR + 12;
  for (const group of ORDER) {
    const name = t(`flops.group.${group === "mlp" && experts ? "experts" : group}`);
    picture.parts.push(
      `<rect x="${MARGIN}" y="${picture.y}" width="14" height="14" rx="3" fill="${paint[group]}" stroke="${color("line")}"/>`,
    );
    picture.text(name, MARGIN + 24, picture.y + 12);
    picture.text(percent(fractionOf(sums[group], sums.all)), MARGIN + 280, picture.y + 12, {
      anchor: "end",
    });
    picture.text(flopsText(sums[group], state.unit), MARGIN + 420, picture.y + 12, {
      anchor: "end",
      color: "quiet",
    });
    picture.y += 22;
  }
  picture.y += 24;
  curveSVG(picture, state, curve, crossings, experts);
  picture.caption(caption);
  return picture.toSVG(caption);
}

/**
 * @param {Picture} picture
 * @param {State} state
 * @param {readonly Point[]} curve
 * @param {Crossings} crossings
 * @param {boolean} experts
 */
function curveSVG(picture, state, curve, crossings, experts) {
  const { color, y: top } = picture;
  const { left, width, height } = PLOT;
  const [shortest, longest] = [LENGTHS[0] ?? 1, LENGTHS.at(-1) ?? 1];
  const across = (/** @type {number} */ length) =>
    left + (width * Math.log(length / shortest)) / Math.log(longest / shortest);
  const up = (/** @type {number} */ fraction) => top + height * (1 - fraction);
  for (const fraction of [0, 0.5, 1]) {
    picture.parts.push(
      `<path d="M${left} ${up(fraction)}H${left + width}" stroke="${color("line")}"/>`,
    );
    picture.text(`${100 * fraction} %`, left - 8, up(fraction) + 5, {
      anchor: "end",
      color: "quiet",
    });
  }
  for (const length of [128, 1024, 8192, 65_536, 524_288])
    picture.text(formatNumber(length), across(length), top + height + 20, { color: "quiet" });
  const lines = /** @type {const} */ ([
    ["attention", "attention", ""],
    ["scores", "attention", "5 4"],
    ["mlp", "mlp", ""],
  ]);
  const ends = lines
    .map(([kind, paint, dashes]) => ({ kind, paint, dashes, y: up(curve.at(-1)?.[kind] ?? 0) }))
    .sort((a, b) => a.y - b.y);
  let above = -Infinity;
  for (const { kind, paint, dashes, y } of ends) {
    const points = curve
      .map((point) => `${across(point.length).toFixed(1)},${up(point[kind]).toFixed(1)}`)
      .join(" ");
    picture.parts.push(
      `<polyline points="${points}" fill="none" stroke="${color(paint)}" stroke-width="2.5" stroke-dasharray="${dashes}"/>`,
    );
    above = Math.max(above + 17, y + 5);
    picture.text(
      t(`flops.curve.${kind === "mlp" && experts ? "experts" : kind}`),
      left + width + 8,
      above,
    );
  }
  const now = across(within(state.seq_len, shortest, longest));
  picture.parts.push(
    `<path d="M${now.toFixed(1)} ${top}V${top + height}" stroke="${color("ink")}" stroke-dasharray="2 3"><title>${escapeXML(formatNumber(state.seq_len))}</title></path>`,
  );
  for (const length of Object.values(crossings)) {
    if (length !== undefined && length >= shortest && length <= longest) {
      picture.parts.push(
        `<path d="M${across(length).toFixed(1)} ${top + height - 6}v12" stroke="${color("ink")}" stroke-width="2"/>`,
      );
    }
  }
  picture.y = top + height + 32;
}
