// Highlights Python line by line: HTML with the class names of highlight.js.

import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import { escapeXML } from "../../ui/export.js";

/** Characters of a line and of a source; longer ones would take too long to highlight. */
const MAX_LINE_LENGTH = 2_000;
const MAX_SOURCE_LENGTH = 2_000_000;

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
