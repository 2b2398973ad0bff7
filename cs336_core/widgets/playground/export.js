// The files that a reader can save: the ids as data, the tokens as a table, both as a picture.

import { ALONE, MARGIN, Picture } from "../../ui/picture.js";
import { t } from "../../ui/strings.js";
import { tokenData } from "../../ui/tokens.js";
import { labelOf, nameOf } from "./text.js";

/** @typedef {import("./encoding_worker.js").Result} Result */

/** Tokens per tokenizer in a picture. */
const MAX_CHIPS = 200;
/** Characters per token in a picture. */
const MAX_CHARACTERS = 60;

/**
 * The text, with its counts and ids in each tokenizer.
 * @param {string} text
 * @param {Result[]} results
 */
export function jsonText(text, results) {
  const tokenizers = results.map(({ name, counts, ids }) => ({ name, ...counts, ids: [...ids] }));
  return `${JSON.stringify({ text, tokenizers })}\n`;
}

/**
 * One row per drawn token. A bit has no text; a long token has its first bytes.
 * @param {Result[]} results
 */
export function csvRows(results) {
  return results.flatMap(({ name, pieces }) =>
    pieces.map((piece, i) => {
      const { text, bytes } = tokenData(piece.bytes);
      return {
        tokenizer: name,
        position: i + 1,
        id: piece.id,
        token: name === "bits" ? "" : text,
        bytes,
        first_byte: piece.from / 8,
        last_byte: piece.to / 8,
      };
    }),
  );
}

/**
 * The first tokens as chips in rows, one tokenizer below the other.
 * @param {Result[]} results
 * @param {(name: string) => string} color
 */
export function pictureSVG(results, color) {
  const picture = new Picture(color);
  for (const { name, counts, pieces } of results) {
    picture.text(`${nameOf(name)}: ${counts.tokens}`, MARGIN, picture.y + 18);
    picture.y += 28;
    const chips = pieces.slice(0, MAX_CHIPS).map((piece) => ({
      id: piece.id,
      text: [...labelOf(name, piece).text].slice(0, MAX_CHARACTERS).join(""),
    }));
    picture.chips(chips, ALONE);
    picture.y += MARGIN;
  }
  return picture.toSVG(t("playground.title"));
}
