// The stepper's data and picture, as text that a reader can save.

import { countPairs, halves, highest } from "./bpe.js";
import { escapeXML } from "./ui/export.js";
import { hue, tokenLabel } from "./ui/tokens.js";

/** @typedef {import("./bpe.js").Story} Story */

/**
 * One row a merge.
 * @param {Story} story
 */
export function csvRows({ merges, sequences, vocab, ratios }) {
  /** @param {number} id */
  const label = (id) => tokenLabel(vocab[id] ?? new Uint8Array()).text;
  return merges.map(([left, right], i) => {
    return {
      merge: i + 1,
      left_id: left,
      right_id: right,
      id: 256 + i,
      left: label(left),
      right: label(right),
      token: label(256 + i),
      ...highest(countPairs(sequences[i] ?? [])),
      tokens: sequences[i + 1]?.length ?? 0,
      bytes_per_token: Number((ratios[i + 1] ?? 0).toFixed(4)),
    };
  });
}

/** @param {Story} story */
export function jsonText(story) {
  return `${JSON.stringify({ text: story.text, merges: csvRows(story), ids: story.sequences.at(-1) }, null, 2)}\n`;
}

/**
 * The sequence at one step as a picture: chips in rows, and the step in words under them.
 * @param {Story} story
 * @param {number} step
 * @param {string} caption
 * @param {(name: string) => string} color what the page calls `--cs336-NAME`
 */
export function pictureSVG({ sequences, vocab, merges }, step, caption, color) {
  const [width, letter, height, gap, margin] = [720, 9, 44, 4, 16];
  const ids = sequences[step] ?? [];
  const marks = halves(ids, merges[step]);
  /** @type {string[]} */
  const chips = [];
  let [x, y] = [margin, margin];
  ids.forEach((id, i) => {
    const { text } = tokenLabel(vocab[id] ?? new Uint8Array());
    const wide = Math.max(30, [...text].length * letter + 14);
    if (x + wide > width - margin) [x, y] = [margin, y + height + 12];
    const stroke = marks[i] ? color("accent") : color("line");
    chips.push(
      `<rect x="${x}" y="${y}" width="${wide}" height="${height}" rx="5" fill="${color(`hue-${hue(id)}`)}" ` +
        `stroke="${stroke}" stroke-width="${marks[i] ? 2 : 1}"/>` +
        `<text x="${x + wide / 2}" y="${y + 19}" font-size="15" fill="${color("ink")}">${escapeXML(text)}</text>` +
        `<text x="${x + wide / 2}" y="${y + 36}" font-size="10" fill="${color("quiet")}">${id}</text>`,
    );
    x += wide + gap;
  });
  const lines = caption.match(/.{1,84}(?:\s|$)|\S+/gu) ?? [];
  const words = lines.map(
    (line, i) =>
      `<text x="${margin}" y="${y + height + 28 + 19 * i}" font-size="14" text-anchor="start" ` +
      `font-family="sans-serif" fill="${color("ink")}">${escapeXML(line.trim())}</text>`,
  );
  const tall = y + height + 28 + 19 * lines.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${tall}" width="${width}" height="${tall}" ` +
    `font-family="ui-monospace, monospace" text-anchor="middle" role="img">\n<title>${escapeXML(caption)}</title>\n` +
    `<rect width="100%" height="100%" fill="${color("surface")}"/>\n${[...chips, ...words].join("\n")}\n</svg>\n`
  );
}
