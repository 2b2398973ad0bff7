// Merges from ranks: OpenAI's files list tokens in the order in which training made them, and not
// what each was made of. But that can be told: of the merges before it, its own bytes make two
// tokens, and those are its parts.

import { Merges } from "./merges.js";

/**
 * The vocabulary in a file of tiktoken's format: a line a token, in base64, and its rank.
 * @param {string} file
 * @returns {{ bytes: number[], merges: Merges }}
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
  const merges = new Merges();
  tokens.slice(256).forEach((token, i) => {
    const parts = merges.apply(token.map((byte) => Number(idOf[byte])));
    if (parts.length !== 2)
      throw new Error(`token ${256 + i} is not made of two others of lower rank`);
    merges.add(Number(parts[0]), Number(parts[1]));
  });
  return { bytes, merges };
}
