// Markdown in a trace as elements. The text may come from anyone, so DOMPurify sanitizes the HTML
// that marked generates, including HTML in the text, before it becomes part of the page.

import DOMPurify from "dompurify";
import { Marked } from "marked";
import { attachTitle } from "../../ui/card.js";
import { escapeXML } from "../../ui/export.js";
import { plural } from "../../ui/strings.js";
import { highlightPython } from "../source/highlight.js";
import { linkAddress } from "./addresses.js";
import { media } from "./media.js";
import { maskTex, TEX, TEX_DISPLAY, texExtensions } from "./tex.js";

/** Characters of a text that are shown, and of a text that is parsed as Markdown: marked takes
 * quadratic time on some texts. */
const MAX_LENGTH = 100_000;
const MAX_MARKDOWN_LENGTH = 20_000;

const TAGS =
  "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr";

/** The class of a first-level heading. */
const TITLE = "cs336-title";

/** The classes that may appear: those that Markdown generates. */
const CLASS = new RegExp(`^(?:hljs-[a-z_-]{1,40}|${TITLE}|${TEX}|${TEX_DISPLAY})$`);

const marked = new Marked({
  gfm: true,
  extensions: texExtensions,
  hooks: { emStrongMask: maskTex },
  renderer: {
    code({ text, lang }) {
      const python = /^(?:py|python3?)\b/i.test(lang ?? "");
      return `<pre><code>${python ? highlightPython(text).join("\n") : escapeXML(text)}\n</code></pre>`;
    },
    // The page has its own first-level heading, so those of the program start at the second.
    heading({ tokens, depth }) {
      const name = depth === 1 ? ` class="${TITLE}"` : "";
      const level = Math.max(depth, 2);
      return `<h${level}${name}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

/**
 * The HTML of a Markdown text, not sanitized.
 * @param {string} text
 */
export function markdownHTML(text) {
  return /** @type {string} */ (marked.parse(text, { async: false }));
}

/**
 * A Markdown text as DOM nodes.
 * @param {string} text
 * @param {import("./rendering.js").Context} context
 * @returns {DocumentFragment}
 */
export function markdown(text, context) {
  const nodes = sanitize(text.slice(0, MAX_LENGTH));
  for (const link of nodes.querySelectorAll("a")) {
    checkLink(link);
    if (link.href && link.title) attachTitle(context.card, link);
  }
  for (const image of nodes.querySelectorAll("img")) replaceImage(image, context);
  for (const table of nodes.querySelectorAll("table")) wrapTable(table, context);
  // The keyboard can scroll only what it can focus.
  for (const pre of nodes.querySelectorAll("pre")) pre.tabIndex = 0;
  if (text.length > MAX_LENGTH) {
    const note = document.createElement("p");
    note.className = "cs336-quiet";
    note.textContent = plural("rendering.truncated", text.length - MAX_LENGTH);
    nodes.append(note);
  }
  return nodes;
}

/**
 * A sanitized fragment that is not part of the page yet, so that nothing in it loads before it is
 * checked.
 * @param {string} text
 */
function sanitize(text) {
  let html = `<pre>${escapeXML(text)}</pre>`;
  try {
    if (text.length <= MAX_MARKDOWN_LENGTH) html = markdownHTML(text);
  } catch {
    // The text is nested too deeply for marked; show it as it is.
  }
  const nodes = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(" "),
    ALLOWED_ATTR: [
      "align",
      "alt",
      "class",
      "dir",
      "height",
      "href",
      "lang",
      "open",
      "src",
      "start",
      "title",
      "width",
    ],
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const element of nodes.querySelectorAll("[class]")) {
    const allowed = [...element.classList].filter((name) => CLASS.test(name));
    element.removeAttribute("class");
    if (allowed.length > 0) element.classList.add(...allowed);
  }
  return nodes;
}

/** @param {HTMLAnchorElement} link */
function checkLink(link) {
  const address = linkAddress(link.getAttribute("href") ?? "");
  link.removeAttribute("href");
  if (address && link.childNodes.length > 0) setAddress(link, address);
}

/**
 * @param {HTMLAnchorElement} link
 * @param {{ href: string, external: boolean }} address
 */
export function setAddress(link, { href, external }) {
  link.setAttribute("href", href);
  if (!external) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

/**
 * @param {HTMLImageElement} image
 * @param {import("./rendering.js").Context} context
 */
function replaceImage(image, context) {
  const { width, height } = Object.fromEntries(
    ["width", "height"].map((name) => [name, Number(image.getAttribute(name))]),
  );
  const style = { ...(width ? { width } : {}), ...(height ? { height } : {}) };
  const source = image.getAttribute("src") ?? "";
  image.replaceWith(media("image", source, { style, label: image.getAttribute("alt") }, context));
}

/**
 * @param {HTMLTableElement} table
 * @param {import("./rendering.js").Context} context
 */
function wrapTable(table, { t }) {
  const frame = document.createElement("div");
  frame.className = "cs336-table";
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", t("rendering.table"));
  table.replaceWith(frame);
  frame.append(table);
}
