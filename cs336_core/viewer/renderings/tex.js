// TeX in Markdown, by Pandoc's rules: `$5 and $6` is money, `$x$` is mathematics. An escaped bracket or
// parenthesis is that character, as usual in Markdown.

import { escapeXML } from "../../ui/export.js";

/** The classes of TeX that is not typeset yet, and of TeX on a line of its own. */
export const TEX = "cs336-tex";
export const TEX_DISPLAY = "cs336-tex-display";

// No space inside the dollars, no digit after the second, no code between them. A formula cannot
// contain a dollar, so many unclosed ones take time proportional to their length only.
const INLINE = /\$(?![\s$])((?:\\[\s\S]|[^\\$`])+?)(?<=\S)\$(?![\d$])/;
const EMPTY_LINE = String.raw`\n[ \t]*\n`;
const DOLLARS = String.raw`\$\$((?:(?!${EMPTY_LINE})(?:\\[^]|[^\\$]|\$(?!\$)))+?)\$\$`;
const DISPLAY = new RegExp(`^${DOLLARS}`);
const BLOCK = new RegExp(String.raw`^ {0,3}${DOLLARS}[ \t]*(?:\n+|$)`);
const WITHIN_LINE = new RegExp(`^${INLINE.source}`);

/** @typedef {import("marked").TokenizerAndRendererExtension} Extension */

/** @param {import("marked").Tokens.Generic} token */
function placeholder({ text, display }) {
  const names = display ? `${TEX} ${TEX_DISPLAY}` : TEX;
  return `<code class="${names}">${escapeXML(text.trim())}</code>`;
}

/** @type {Extension} */
const inline = {
  name: "tex",
  level: "inline",
  start: (source) => source.match(/\$/)?.index,
  tokenizer(source) {
    const display = DISPLAY.exec(source);
    const found = display ?? WITHIN_LINE.exec(source);
    if (!found) return undefined;
    return { type: "tex", raw: found[0], text: found[1], display: display !== null };
  },
  renderer: placeholder,
};

/** @type {Extension} */
const block = {
  name: "texBlock",
  level: "block",
  start: (source) => source.match(/\n {0,3}\$\$/)?.index,
  tokenizer(source) {
    const found = BLOCK.exec(source);
    if (!found) return undefined;
    return { type: "texBlock", raw: found[0], text: found[1], display: true };
  },
  renderer: placeholder,
};

/** Extensions of marked that replace each formula by a placeholder. @type {Extension[]} */
export const texExtensions = [inline, block];

const EVERY = new RegExp(INLINE.source, "g");

/**
 * The source with its formulas masked, so that `*` and `_` in them do not mean emphasis.
 * @param {string} source
 */
export function maskTex(source) {
  return source.replace(EVERY, (formula) => "a".repeat(formula.length));
}
