// Python in colours, a line at a time: HTML with the class names of highlight.js.

import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import { escapeXML } from "../../ui/export.js";

/** Characters of a line, and of a source, beyond which no colour is worth the wait. */
const LONGEST_LINE = 2_000;
const LONGEST_SOURCE = 2_000_000;

hljs.registerLanguage("python", python);

/**
 * The HTML of each line of a Python source, every character of it escaped.
 * @param {string} source
 * @returns {string[]}
 */
export function highlightPython(source) {
  const lines = source.split("\n");
  if (source.length > LONGEST_SOURCE) return lines.map(escapeXML);
  // A long line stays plain, and what is around it does not depend on it.
  const short = lines.map((line) => (line.length > LONGEST_LINE ? "" : line)).join("\n");
  const { value } = hljs.highlight(short, { language: "python", ignoreIllegals: true });
  const colored = splitLines(value);
  return lines.map((line, i) =>
    line.length > LONGEST_LINE ? escapeXML(line) : (colored[i] ?? ""),
  );
}

/**
 * HTML of spans as lines: what is open at the end of a line is closed there and opened again.
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
