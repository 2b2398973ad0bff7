// Merges from ranks. OpenAI's files list the tokens in the order in which training added them, without
// the pair that each was merged from. That pair can be recovered: encoded with the earlier merges
// alone, the token's bytes become exactly two tokens.

import { MergeTable } from "./merge_table.js";

/**
 * Reads a file in tiktoken's format: one token per line, in base64, with its rank.
 * @param {string} file
 * @returns {{ bytes: number[], merges: MergeTable }}
 */
export function readRanks(file) {
  const tokens = file
    .trim()
    .split("\n")
    .map((line) =>
      Array.from(atob(String(line.split(" ")[0])), (character) => character.charCodeAt(0)),
    );
  const bytes = tokens.slice(0, 256).map(([byte]) => Number(byte));
  /** @type {number[]} */
  const idOf = [];
  bytes.forEach((byte, id) => (idOf[byte] = id));
  const merges = new MergeTable();
  tokens.slice(256).forEach((token, i) => {
    const parts = merges.apply(token.map((byte) => Number(idOf[byte])));
    if (parts.length !== 2)
      throw new Error(`token ${256 + i} is not the merge of two tokens of lower rank`);
    merges.add(Number(parts[0]), Number(parts[1]));
  });
  return { bytes, merges };
}
