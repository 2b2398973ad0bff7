// A picture for the reader to save: tokens as chips in rows, with text between and below them.

import { escapeXML } from "./export.js";
import { hue } from "./tokens.js";

/**
 * A token to draw. `marked`: whether it merges next; `apart`: whether a gap precedes it.
 * @typedef {{ id: number, text: string, marked?: boolean, apart?: boolean }} Chip
 */

/**
 * How chips are drawn. `base`: the baseline of the text, from the upper edge; `idBase`: that of the id,
 * if it is shown.
 * @typedef {{ height: number, minWidth: number, pad: number, round: number, gap: number, between: number,
 *   base: number, idBase?: number }} Style
 */

/** @type {Style} */
export const WITH_ID = {
  height: 44,
  minWidth: 30,
  pad: 14,
  round: 5,
  gap: 4,
  between: 12,
  base: 19,
  idBase: 36,
};
/** @type {Style} */
export const ALONE = { height: 26, minWidth: 18, pad: 8, round: 4, gap: 3, between: 3, base: 18 };

export const MARGIN = 16;
const WIDTH = 720;
const LETTER = 9;
const LINE = 19;

/** A picture, drawn from top to bottom. */
export class Picture {
  /** @param {(name: string) => string} color the value of the page's `--cs336-NAME` */
  constructor(color) {
    this.color = color;
    this.y = MARGIN; // the top of what is drawn next
    /** @type {string[]} */
    this.parts = [];
  }

  /**
   * Text on one line, at any position.
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {{ anchor?: "start" | "middle" | "end", color?: string }} [how]
   */
  text(text, x, y, { anchor = "start", color = "ink" } = {}) {
    this.parts.push(
      `<text x="${x}" y="${y}" font-size="14" text-anchor="${anchor}" ` +
        `font-family="sans-serif" fill="${this.color(color)}">${escapeXML(text)}</text>`,
    );
  }

  /**
   * Chips, wrapped into rows.
   * @param {Iterable<Chip>} chips
   * @param {Style} style
   * @param {number} [begin] where a row begins
   */
  chips(chips, style, begin = MARGIN) {
    let x = begin;
    for (const chip of chips) {
      const wide = Math.max(style.minWidth, [...chip.text].length * LETTER + style.pad);
      if (chip.apart) x += 2 * style.gap;
      if (x > begin && x + wide > WIDTH - MARGIN) {
        x = begin;
        this.y += style.height + style.between;
      }
      this.chip(chip, style, x, wide);
      x += wide + style.gap;
    }
    this.y += style.height;
  }

  /**
   * @param {Chip} chip
   * @param {Style} style
   * @param {number} x
   * @param {number} wide
   */
  chip({ id, text, marked = false }, { height, round, base, idBase }, x, wide) {
    const { color, y } = this;
    const stroke = `stroke="${marked ? color("accent") : color("line")}" stroke-width="${marked ? 2 : 1}"`;
    this.parts.push(
      `<rect x="${x}" y="${y}" width="${wide}" height="${height}" rx="${round}" ` +
        `fill="${color(`hue-${hue(id)}`)}"${idBase ? ` ${stroke}` : ""}/>` +
        `<text x="${x + wide / 2}" y="${y + base}" font-size="15" fill="${color("ink")}">${escapeXML(text)}</text>` +
        (idBase
          ? `<text x="${x + wide / 2}" y="${y + idBase}" font-size="10" fill="${color("quiet")}">${id}</text>`
          : ""),
    );
  }

  /** A sentence at the bottom, wrapped into lines. @param {string} caption */
  caption(caption) {
    const lines = caption.match(/.{1,84}(?:\s|$)|\S+/gu) ?? [];
    lines.forEach((line, i) => this.text(line.trim(), MARGIN, this.y + 28 + LINE * i));
    this.y += 28 + LINE * lines.length;
  }

  /** The picture as an SVG file. @param {string} title */
  toSVG(title) {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${this.y}" width="${WIDTH}" height="${this.y}" ` +
      `font-family="ui-monospace, monospace" text-anchor="middle" role="img">\n<title>${escapeXML(title)}</title>\n` +
      `<rect width="100%" height="100%" fill="${this.color("surface")}"/>\n${this.parts.join("\n")}\n</svg>\n`
    );
  }
}
