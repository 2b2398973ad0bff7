// Splits the text of an expression into tokens.

import { t } from "../../ui/strings.js";

const TOKEN =
  /\s*(?:(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>[bB]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<sign>\/\/|[<>=!]=|[-+*/%<>()[\],.:]))/uy;

/** A text that is not an expression; the message names the position of the problem. */
export class SyntaxProblem extends Error {}

/**
 * @typedef {{ kind: "number" | "string" | "word" | "sign" | "end", text: string, start: number }} Token
 */

/** @param {string} text @returns {Token[]} */
export function tokensOf(text) {
  /** @type {Token[]} */
  const tokens = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const start = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
      const isQuote = /^[bB]?["']/.test(text.slice(start));
      const key = isQuote ? "trace.expression.quote" : "trace.expression.character";
      throw problem(key, start, { found: text.slice(start, start + 1) });
    }
    const [kind, found] = /** @type {[Token["kind"], string]} */ (
      Object.entries(match.groups ?? {}).find(([, group]) => group !== undefined)
    );
    tokens.push({ kind, text: found, start: TOKEN.lastIndex - found.length });
  }
  tokens.push({ kind: "end", text: "", start: end });
  return tokens;
}

/** @param {string} key @param {number} start @param {Record<string, string | number>} [values] */
export function problem(key, start, values = {}) {
  return new SyntaxProblem(t(key, { at: start + 1, ...values }));
}
