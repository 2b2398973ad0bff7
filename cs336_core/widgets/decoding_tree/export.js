// The figure's data and picture, as text that a reader can save.

import { toCSV } from "../../ui/export.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { urlTraits } from "../../ui/state.js";
import { schema } from "./decoding.js";
import { CHIP, COLUMN, lineOf, ROW } from "./layout.js";
import { fateOf, numberOn } from "./text.js";

/** @typedef {import("./decoding.js").Candidate} Candidate */
/** @typedef {import("./decoding.js").NextTokens} NextTokens */
/** @typedef {import("./decoding.js").State} State */
/** @typedef {import("./layout.js").Placed} Placed */

const [REM, WIDTH] = [16, 688];

/**
 * A row per candidate.
 * @param {NextTokens} next
 * @param {State} state
 * @param {readonly (readonly Candidate[])[]} steps
 */
const rowsOf = (next, { method }, steps) =>
  steps.flatMap((step, i) =>
    step.map((candidate) => ({
      step: i + 1,
      text: next.text(candidate.tokens),
      token: next.label(candidate.tokens.at(-1)),
      probability: candidate.probability,
      log_prob: candidate.logProb,
      fate: fateOf(method, candidate),
    })),
  );

/** @param {NextTokens} next @param {State} state @param {Candidate[][]} steps */
export const csvText = (next, state, steps) => toCSV(rowsOf(next, state, steps));

/** @param {NextTokens | undefined} next @param {State} state @param {Candidate[][]} steps */
export function jsonText(next, state, steps) {
  const settings = Object.fromEntries(urlTraits(schema).map((name) => [name, state[name]]));
  const candidates = next ? rowsOf(next, state, steps) : [];
  return `${JSON.stringify({ settings, candidates }, null, 1)}\n`;
}

/**
 * @param {NextTokens} next
 * @param {State} state
 * @param {ReturnType<typeof import("./layout.js").treeOf>} tree
 * @param {string} caption
 * @param {(name: string) => string} color what the page calls `--cs336-NAME`
 */
export function pictureSVG(next, state, { columns, rows, root }, caption, color) {
  const picture = new Picture(color);
  const inside = new Picture(color);
  const width = (columns.length * COLUMN + CHIP) * REM;
  const scale = Math.min(1, WIDTH / width);
  columns.forEach((column, i) => {
    for (const candidate of column) drawLine(inside, i, candidate);
  });
  const prompt = next.label(next.prompt.at(-1));
  inside.text(prompt, CHIP * REM - 6, (root + 0.5) * ROW * REM + 5, { anchor: "end" });
  columns.forEach((column, i) => {
    for (const candidate of column) {
      const [x, base] = [(i + 1) * COLUMN * REM, (candidate.y + 0.5) * ROW * REM + 5];
      const isKept = candidate.rank !== undefined;
      const paint = { color: isKept ? "ink" : "quiet" };
      if (isKept)
        inside.parts.push(
          `<rect x="${x}" y="${candidate.y * ROW * REM + 2}" width="${CHIP * REM}" height="${ROW * REM - 4}" rx="5" fill="none" stroke="${color(candidate.isBest ? "accent" : "control")}" stroke-width="${candidate.isBest ? 2 : 1}"/>`,
        );
      inside.text(next.label(candidate.tokens.at(-1)), x + 8, base, paint);
      const end = { ...paint, anchor: /** @type {const} */ ("end") };
      inside.text(numberOn(state.method, candidate), x + CHIP * REM - 6, base, end);
    }
  });
  picture.parts.push(
    `<g transform="translate(${MARGIN} ${picture.y}) scale(${scale.toFixed(4)})">`,
    ...inside.parts,
    "</g>",
  );
  picture.y += rows * ROW * REM * scale;
  picture.caption(caption);
  return picture.toSVG(caption);
}

/** @param {Picture} picture @param {number} column @param {Placed} candidate */
function drawLine({ parts, color }, column, candidate) {
  const { isBest } = candidate;
  const isKept = candidate.rank !== undefined;
  parts.push(
    `<path transform="scale(${REM})" d="${lineOf(column, candidate)}" fill="none" ` +
      `stroke="${color(isBest ? "accent" : "control")}" stroke-width="${isBest ? 0.16 : isKept ? 0.11 : 0.06}"` +
      `${isKept ? "" : ' stroke-dasharray="0.2 0.2"'}/>`,
  );
}
