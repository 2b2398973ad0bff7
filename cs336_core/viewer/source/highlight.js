// Highlights Python line by line: HTML with the class names of highlight.js.

import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import { escapeXML } from "../../ui/export.js";
import { lastUpTo } from "../trace/trace_index.js";

/** Characters of a line and of a source; longer ones would take too long to highlight. */
const MAX_LINE_LENGTH = 2_000;
const MAX_SOURCE_LENGTH = 2_000_000;
/** Lines that are highlighted together, and the characters in them. */
const PART = 20;
const MAX_PART_LENGTH = 20_000;
/** What decides whether a line break ends a statement: strings, comments and brackets. */
const TOKEN =
  /#.*|("{3}|'{3})(?:[^\\]|\\[\s\S])*?(?:\1|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|[[\](){}]|\\\n|\n/g;

hljs.registerLanguage("python", python);

/**
 * The HTML of each line of a Python source, with every character escaped.
 * @param {string} source
 * @returns {string[]}
 */
export function highlightPython(source) {
  const lines = source.split("\n");
  if (source.length > MAX_SOURCE_LENGTH) return lines.map(escapeXML);
  // A long line stays plain, and does not affect the lines around it.
  const short = lines.map((line) => (line.length > MAX_LINE_LENGTH ? "" : line)).join("\n");
  const { value } = hljs.highlight(short, { language: "python", ignoreIllegals: true });
  const colored = splitLines(value);
  return lines.map((line, i) =>
    line.length > MAX_LINE_LENGTH ? escapeXML(line) : (colored[i] ?? ""),
  );
}

/**
 * Splits HTML with spans into lines: a span that continues is closed and opened again.
 * @param {string} html
 */
function splitLines(html) {
  /** @type {string[]} */
  const open = [];
  return html.split("\n").map((line) => {
    const start = open.join("");
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
      if (tag === "</span>") open.pop();
      else open.push(tag);
    }
    return start + line + "</span>".repeat(open.length);
  });
}

/**
 * The lines on which a statement begins, from 0: a source can be highlighted from each of them.
 * @param {string} source
 */
function statementsOf(source) {
  const starts = [0];
  let line = 0;
  let depth = 0;
  for (const [token] of source.matchAll(TOKEN)) {
    if ("([{".includes(token)) depth++;
    else if (")]}".includes(token)) depth = Math.max(0, depth - 1);
    else if (token !== "\n") line += token.split("\n").length - 1;
    else if (++line && depth === 0) starts.push(line);
  }
  return starts;
}

/**
 * The HTML of each line of a Python source, by its index; highlighted when it is first needed, a few
 * statements at a time, since a long source takes longer than a step may.
 * @param {string} source
 * @returns {(i: number) => string}
 */
export function lazilyHighlighted(source) {
  const lines = source.split("\n");
  if (source.length > MAX_SOURCE_LENGTH) return (i) => escapeXML(lines[i] ?? "");
  const starts = statementsOf(source);
  /** @type {string[]} */
  const html = [];
  return (i) => {
    if (html[i] === undefined) {
      const first = lastUpTo(starts, i);
      const start = starts[first] ?? 0;
      const next = lastUpTo(starts, start + PART) + 1;
      const part = lines.slice(start, starts[next] ?? lines.length);
      const code = part.join("\n");
      const isShort = code.length <= MAX_PART_LENGTH;
      const colored = isShort ? highlightPython(code) : part.map(escapeXML);
      for (const [j, line] of colored.entries()) html[start + j] = line;
    }
    return html[i] ?? "";
  };
}
