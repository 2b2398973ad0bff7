// The explorer's data and picture, as text for the reader to save.

import { attend } from "../../browser/model/attention.js";
import { escapeXML } from "../../ui/export.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { urlTraits } from "../../ui/state.js";
import { schema } from "./state.js";
import { cellsOf, labelOf } from "./text.js";

/** @typedef {import("./state.js").State} State */

/** Each head's attention. @param {State} state */
function heads(state) {
  return state.q.map((q, head) => attend(q, state.k[head] ?? [], state.v[head] ?? [], state));
}

/** One row per cell, for all heads. @param {State} state */
export function rows(state) {
  const { tokens } = state;
  return heads(state).flatMap(({ products, scores, allowed, weights }, head) =>
    tokens.flatMap((query, i) =>
      tokens.map((key, j) => ({
        head,
        query_position: i,
        key_position: j,
        query,
        key,
        dot_product: products[i]?.[j] ?? 0,
        score: scores[i]?.[j] ?? 0,
        may_attend: String(allowed[i]?.[j]),
        weight: weights[i]?.[j] ?? 0,
      })),
    ),
  );
}

/** @param {State} state */
export function jsonText(state) {
  const settings = Object.fromEntries(urlTraits(schema).map((name) => [name, state[name]]));
  const { tokens, features, q, k, v } = state;
  return `${JSON.stringify({ tokens, features, settings, q, k, v, heads: heads(state) }, null, 1)}\n`;
}

/** The left and top edges of the cells: right of the queries, below the keys. */
const BEGIN = MARGIN + 112;
const TOP = MARGIN + 96;
const WIDTH = 720;
const LARGEST = 56;
/** Characters per token. */
const LETTERS = 14;

/** @param {string} token */
function short(token) {
  const letters = [...labelOf(token)];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : letters.join("");
}

/**
 * The heat map as a picture, with the selected cell and its description.
 * @param {State} state
 * @param {import("../../browser/model/attention.js").Attention} attention
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG({ tokens, stage, row, column }, attention, caption, color) {
  const picture = new Picture(color);
  const size = Math.min(LARGEST, Math.floor((WIDTH - MARGIN - BEGIN) / tokens.length));
  const maxOpacity = Number(color("heat-max"));
  /** @param {number} index */
  const middle = (index) => size * (index + 0.5);
  tokens.forEach((token, i) => {
    picture.text(short(token), BEGIN - 8, TOP + middle(i) + 5, { anchor: "end" });
    const [x, y] = [BEGIN + middle(i) + 5, TOP - 8];
    picture.parts.push(
      `<text x="${x}" y="${y}" transform="rotate(-90 ${x} ${y})" font-size="14" text-anchor="start" font-family="sans-serif" fill="${color("ink")}">${escapeXML(short(token))}</text>`,
    );
  });
  cellsOf(attention, stage).forEach((line, i) =>
    line.forEach(({ text, strength, masked }, j) => {
      const [x, y] = [BEGIN + size * j, TOP + size * i];
      const chosen = i === row && j === column;
      picture.parts.push(
        `<rect x="${x + 1}" y="${y + 1}" width="${size - 2}" height="${size - 2}" rx="3" fill="${masked ? color("panel") : color("accent")}" ` +
          `fill-opacity="${masked ? 1 : (strength * maxOpacity).toFixed(3)}" stroke="${color(chosen ? "accent" : "line")}" stroke-width="${chosen ? 2 : 1}"/>` +
          (masked
            ? `<path d="M${x + 4} ${y + size - 4}L${x + size - 4} ${y + 4}" stroke="${color("line")}"/>`
            : "") +
          `<text x="${x + size / 2}" y="${y + size / 2 + 4}" font-size="${size < 32 ? 9 : 12}" fill="${color(masked ? "quiet" : "ink")}">${text}</text>`,
      );
    }),
  );
  picture.y = TOP + size * tokens.length;
  picture.caption(caption);
  return picture.toSVG(caption);
}
