// The dial's data and picture, as text for the reader to save.

import { decimal } from "../../ui/numbers.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { t } from "../../ui/strings.js";
import { curveOf, scaleOf, sector } from "./shapes.js";
import { speed } from "./text.js";

/** @typedef {import("../../browser/model/rotary.js").Pair} Pair */
/** @typedef {{ distance: number, products: number[], score: number }[]} Scores */

/** One row per distance. @param {Scores} scores */
export function scoreRows(scores) {
  return scores.map(({ distance, products, score }) => ({
    distance,
    ...Object.fromEntries(products.map((product, i) => [`pair_${i + 1}`, product])),
    score,
  }));
}

/**
 * @param {import("./state.js").State} state
 * @param {readonly Pair[]} pairs
 * @param {Scores} scores
 */
export function jsonText({ query_position, key_position, theta }, pairs, scores) {
  const data = {
    query: pairs.flatMap(({ query }) => query),
    key: pairs.flatMap(({ key }) => key),
    query_position,
    key_position,
    theta,
    pairs: pairs.map(({ frequency, queryAngle, keyAngle, product }) => ({
      frequency,
      query_angle: queryAngle,
      key_angle: keyAngle,
      product,
    })),
    score: pairs.reduce((total, { product }) => total + product, 0),
    scores: scoreRows(scores),
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

const RADIUS = 70;
const WIDE = 172;
const CURVE = { width: 688, height: 110 };

/**
 * One dial, centered at (0, 0), with radius 1.
 * @param {Pair} pair
 * @param {number} scale
 * @param {(name: string) => string} color
 */
function dialSVG({ query, key, queryAngle, keyAngle, between }, scale, color) {
  const turn = (/** @type {number} */ angle) => `rotate(${((-angle * 180) / Math.PI).toFixed(2)})`;
  /** @param {[x: number, y: number]} point @param {string} paint @param {string} dashes */
  const line = ([x, y], paint, dashes) =>
    `<line x2="${x * scale}" y2="${-y * scale}" stroke="${paint}" stroke-width="0.04" ${dashes}/>`;
  return (
    `<circle r="1.1" fill="none" stroke="${color("line")}" stroke-width="0.02"/>` +
    `<path d="M-1.1 0H1.1M0-1.1V1.1" stroke="${color("line")}" stroke-width="0.01"/>` +
    (between === undefined
      ? ""
      : `<path transform="${turn(keyAngle)}" d="${sector(key, between)}" fill="${color("hue-0")}"/>`) +
    `<g transform="${turn(keyAngle)}">${line(key, color("key"), 'stroke-dasharray="0.1 0.05"')}` +
    `<rect x="${key[0] * scale - 0.08}" y="${-key[1] * scale - 0.08}" width="0.16" height="0.16" fill="${color("key")}"/></g>` +
    `<g transform="${turn(queryAngle)}">${line(query, color("accent"), "")}` +
    `<circle cx="${query[0] * scale}" cy="${-query[1] * scale}" r="0.08" fill="${color("accent")}"/></g>`
  );
}

/**
 * The dials side by side, the curve below them, and the score in words.
 * @param {readonly Pair[]} pairs
 * @param {Scores} scores
 * @param {number} distance
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(pairs, scores, distance, caption, color) {
  const picture = new Picture(color);
  const scale = scaleOf(pairs);
  const middle = picture.y + RADIUS * 1.15;
  pairs.forEach((pair, i) => {
    const left = MARGIN + i * WIDE;
    picture.parts.push(
      `<g transform="translate(${left + WIDE / 2} ${middle}) scale(${RADIUS})">${dialSVG(pair, scale, color)}</g>`,
    );
    picture.text(t("rotary.dial", { n: i + 1 }), left + 16, middle + RADIUS + 30);
    picture.text(
      t("rotary.dial.speed", { turn: speed(pair.frequency) }),
      left + 16,
      middle + RADIUS + 49,
      { color: "quiet" },
    );
    picture.text(
      t("rotary.dial.product", { product: decimal(pair.product, 2) }),
      left + 16,
      middle + RADIUS + 68,
      { color: "quiet" },
    );
  });
  picture.text(
    `${t("rotary.legend.query")}, ${t("rotary.legend.key")}`,
    MARGIN + 16,
    middle + RADIUS + 94,
  );
  picture.text(t("rotary.curve"), MARGIN + 16, middle + RADIUS + 120);
  picture.y = middle + RADIUS + 130;
  const { points: fractions, up } = curveOf(scores);
  const points = fractions.map(
    ([x, y]) => /** @type {const} */ ([MARGIN + x * CURVE.width, picture.y + y * CURVE.height]),
  );
  const [x, y] = points[distance + (scores.length - 1) / 2] ?? [MARGIN, picture.y];
  picture.parts.push(
    `<path d="M${MARGIN} ${(picture.y + up(0) * CURVE.height).toFixed(1)}h${CURVE.width}" stroke="${color("line")}"/>` +
      `<polyline points="${points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ")}" fill="none" stroke="${color("control")}"/>` +
      `<circle cx="${x}" cy="${y}" r="5" fill="${color("accent")}"/>`,
  );
  picture.y += CURVE.height;
  picture.caption(caption);
  return picture.toSVG(caption);
}
