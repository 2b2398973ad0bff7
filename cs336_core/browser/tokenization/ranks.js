// Merges from ranks. A rank file lists the tokens in the order in which training added them, without
// the pair that each was merged from. The bytes of a token show it: tokens of any rank merge, the
// lowest rank first, until two remain.

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
    .map((line) => atob(String(line.split(" ")[0])));
  const rankOf = new Map(tokens.map((token, rank) => [token, rank]));
  const merges = new MergeTable();
  tokens.slice(256).forEach((token, i) => {
    const [left, right] = lastTwo(token, rankOf) ?? anyTwo(token, rankOf);
    if (left === undefined || right === undefined)
      throw new Error(`token ${256 + i} is not the merge of two tokens`);
    merges.add(Number(rankOf.get(left)), Number(rankOf.get(right)));
  });
  return { bytes: tokens.slice(0, 256).map((byte) => byte.charCodeAt(0)), merges };
}

/**
 * The two parts that merge to a token, one character per byte; null if more than two remain.
 * @param {string} token
 * @param {Map<string, number>} rankOf
 */
function lastTwo(token, rankOf) {
  const parts = Array.from(token);
  while (parts.length > 2) {
    const ranks = parts.slice(1).map((part, i) => rankOf.get(parts[i] + part) ?? Infinity);
    const lowest = Math.min(...ranks);
    if (lowest === Infinity) return null;
    const at = ranks.indexOf(lowest);
    parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
  }
  return parts;
}

/**
 * Any two tokens that make up a token which no merge gives, as a few of Llama 3's. Only a whole
 * pre-token becomes this token: encoding never has the two side by side.
 * @param {string} token
 * @param {Map<string, number>} rankOf
 */
function anyTwo(token, rankOf) {
  for (let end = 1; end < token.length; end++) {
    const halves = [token.slice(0, end), token.slice(end)];
    if (halves.every((half) => rankOf.has(half))) return halves;
  }
  return [];
}
