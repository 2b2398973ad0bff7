// The time machine's data and picture, as text that a reader can save.

import { escapeXML } from "../ui/export.js";
import { hue, tokenLabel } from "../ui/tokens.js";

/** @typedef {import("./training.js").Run} Run */
/** @typedef {import("./encoding.js").Encoding} Encoding */

/** @param {readonly Uint8Array[]} vocab */
const labels = (vocab) => (/** @type {number} */ id) => tokenLabel(vocab[id] ?? new Uint8Array()).text;

/** One row a merge. @param {Run} run */
export function trainingRows({ merges, counts, tied, tokens, ratios, vocab }) {
  const label = labels(vocab);
  return merges.map(([left, right], i) => ({
    merge: i + 1,
    left_id: left,
    right_id: right,
    id: 256 + i,
    left: label(left),
    right: label(right),
    token: label(256 + i),
    count: counts[i] ?? 0,
    tied: tied[i] ?? 0,
    tokens: tokens[i + 1] ?? 0,
    bytes_per_token: Number((ratios[i + 1] ?? 0).toFixed(4)),
  }));
}

/** One row a step of encoding. @param {Run} run @param {Encoding} encoding */
export function encodingRows({ merges, vocab }, { steps, states }) {
  const label = labels(vocab);
  return steps.map(({ rank, places }, i) => {
    const [left, right] = /** @type {import("../bpe.js").Pair} */ (merges[rank]);
    return { step: i + 1, merge: rank + 1, left: label(left), right: label(right), token: label(256 + rank), id: 256 + rank, places, tokens: states[i + 1]?.ids.length ?? 0 };
  });
}

/**
 * @param {import("./state.js").State} state
 * @param {Run} run
 * @param {Encoding} encoding
 */
export function jsonText({ text, kind, tie_break, pretokenization, new_text }, run, encoding) {
  const told = {
    text,
    kind,
    tie_break,
    pretokenization,
    merges: trainingRows(run),
    encoding: { text: new_text, steps: encodingRows(run, encoding), ids: [...(encoding.states.at(-1)?.ids ?? [])] },
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/**
 * What the stage shows as a picture: chips in rows, and the step in words under them.
 * @param {readonly import("./stage.js").Row[]} rows
 * @param {boolean} counted whether each row is a word with its count
 * @param {readonly Uint8Array[]} vocab
 * @param {string} caption
 * @param {(name: string) => string} color what the page calls `--cs336-NAME`
 */
export function pictureSVG(rows, counted, vocab, caption, color) {
  const [width, letter, height, gap, margin] = [720, 9, 44, 4, 16];
  const label = labels(vocab);
  /** @type {string[]} */
  const drawn = [];
  const begin = counted ? margin + 60 : margin;
  let y = margin;
  rows.forEach(({ count, places }, row) => {
    let x = begin;
    if (row > 0) y += height + 12;
    if (counted) drawn.push(`<text x="${begin - 12}" y="${y + 27}" font-size="14" text-anchor="end" fill="${color("quiet")}">${count}×</text>`);
    for (const { id, half, cut } of places) {
      const text = label(id);
      const wide = Math.max(30, [...text].length * letter + 14);
      if (cut && !counted) x += 2 * gap;
      if (x + wide > width - margin && x > begin) [x, y] = [begin, y + height + 12];
      drawn.push(
        `<rect x="${x}" y="${y}" width="${wide}" height="${height}" rx="5" fill="${color(`hue-${hue(id)}`)}" ` +
          `stroke="${half ? color("accent") : color("line")}" stroke-width="${half ? 2 : 1}"/>` +
          `<text x="${x + wide / 2}" y="${y + 19}" font-size="15" fill="${color("ink")}">${escapeXML(text)}</text>` +
          `<text x="${x + wide / 2}" y="${y + 36}" font-size="10" fill="${color("quiet")}">${id}</text>`,
      );
      x += wide + gap;
    }
  });
  const lines = caption.match(/.{1,84}(?:\s|$)|\S+/gu) ?? [];
  lines.forEach((line, i) => {
    drawn.push(
      `<text x="${margin}" y="${y + height + 28 + 19 * i}" font-size="14" text-anchor="start" ` +
        `font-family="sans-serif" fill="${color("ink")}">${escapeXML(line.trim())}</text>`,
    );
  });
  const tall = y + height + 28 + 19 * lines.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${tall}" width="${width}" height="${tall}" ` +
    `font-family="ui-monospace, monospace" text-anchor="middle" role="img">\n<title>${escapeXML(caption)}</title>\n` +
    `<rect width="100%" height="100%" fill="${color("surface")}"/>\n${drawn.join("\n")}\n</svg>\n`
  );
}
