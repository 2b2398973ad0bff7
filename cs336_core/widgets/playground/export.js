// What a reader takes away: the ids as data, the tokens as a table, both as a picture.

import { escapeXML } from "../ui/export.js";
import { hex, hue } from "../ui/tokens.js";
import { labelOf, nameOf } from "./words.js";

/** @typedef {import("./encoding_worker.js").Result} Result */

/** How many tokens of each tokenizer a picture has. */
const PICTURED = 200;

/**
 * The text, with counts and all ids in each tokenizer.
 * @param {string} text
 * @param {Result[]} results
 */
export function jsonText(text, results) {
  const tokenizers = results.map(({ name, counts, ids }) => ({ name, ...counts, ids: [...ids] }));
  return `${JSON.stringify({ text, tokenizers })}\n`;
}

/**
 * One row a token, of those that are drawn.
 * @param {Result[]} results
 */
export function csvRows(results) {
  return results.flatMap(({ name, pieces }) =>
    pieces.map((piece, i) => ({
      tokenizer: name,
      position: i + 1,
      id: piece.id,
      token: labelOf(name, piece).text,
      bytes: hex(piece.bytes),
      first_byte: piece.from / 8,
      last_byte: piece.to / 8,
    })),
  );
}

/**
 * The first tokens as chips in rows, one tokenizer under the other.
 * @param {Result[]} results
 * @param {(name: string) => string} color what the page calls `--cs336-NAME`
 */
export function pictureSVG(results, color) {
  const [width, letter, height, gap, margin] = [720, 9, 26, 3, 16];
  /** @type {string[]} */
  const parts = [];
  let y = margin;
  for (const result of results) {
    const { name, counts, pieces } = result;
    y += 18;
    parts.push(`<text x="${margin}" y="${y}" font-size="14" font-family="sans-serif">${escapeXML(`${nameOf(name)}: ${counts.tokens}`)}</text>`);
    y += 10;
    let x = margin;
    for (const piece of pieces.slice(0, PICTURED)) {
      const { text } = labelOf(name, piece);
      const short = [...text].slice(0, 60).join("");
      const wide = Math.max(18, [...short].length * letter + 8);
      if (x > margin && x + wide > width - margin) [x, y] = [margin, y + height + gap];
      parts.push(
        `<rect x="${x}" y="${y}" width="${wide}" height="${height}" rx="4" fill="${color(`hue-${hue(piece.id)}`)}"/>` +
          `<text x="${x + wide / 2}" y="${y + 18}" font-size="15" text-anchor="middle">${escapeXML(short)}</text>`,
      );
      x += wide + gap;
    }
    y += height + margin;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" ` +
    `font-family="ui-monospace, monospace" fill="${color("ink")}" role="img">\n` +
    `<rect width="100%" height="100%" fill="${color("surface")}"/>\n${parts.join("\n")}\n</svg>\n`
  );
}
