// A line of source, and the renderings that the viewer shows in its place.

import { t } from "../../ui/strings.js";
import { lastUpTo } from "../trace/trace_index.js";

/** @typedef {import("../trace/types.js").Rendering} Rendering */
/** @typedef {import("../trace/trace_index.js").Changes<Rendering[]>} RenderingHistory */
/** @typedef {{ element: (rendering: Rendering, slot: string) => HTMLElement }} Renderings */

/**
 * How the source is shown. `raw`: without renderings; `animate`: without renderings of later steps;
 * `showNotes`: with notes.
 * @typedef {{ raw: boolean, animate: boolean, showNotes: boolean }} Options
 */

/** Limits per line and step: renderings, and characters of Markdown in them. */
const MAX_RENDERINGS = 100;
const MAX_MARKDOWN = 60_000;
/** Characters of extra indentation for the continuation of a wrapped line, and the deepest indentation. */
const HANGING = 4;
const MAX_INDENT = 24;

/** A directive, with the comment marker if there is nothing before it. */
const DIRECTIVE = /(?:^#\s*|\s+)@(?:inspect|clear|stepover|stepinto|hide|animate)\b[\s\S]*/;

/** @param {Options} options */
const keyOf = ({ raw, animate, showNotes }) => `${raw} ${animate} ${showNotes}`;

export class Line {
  /**
   * @param {string} path
   * @param {number} number
   * @param {string} text the code
   * @param {string} html the code, highlighted
   * @param {RenderingHistory | undefined} history
   */
  constructor(path, number, text, html, history) {
    this.name = `${path}:${number}`;
    this.number = number;
    this.history = history;
    this.version = -2; // position in the history of the renderings in view
    this.key = "";
    /** @type {Rendering[]} the renderings in view */
    this.visible = [];
    this.root = document.createElement("div");
    this.root.className = "cs336-line";
    this.root.dataset.line = String(number);
    this.code = document.createElement("code");
    this.highlight(html);
    const indent = Math.min(MAX_INDENT, /^ */.exec(text)?.[0].length ?? 0);
    this.code.style.setProperty("--indent", `${indent + HANGING}ch`);
    this.root.append(this.code);
    this.slot = history ? document.createElement("div") : null;
    if (this.slot) {
      this.slot.className = "cs336-shown";
      if (indent) this.slot.style.setProperty("--own-indent", String(indent));
      this.root.append(this.slot);
    }
  }

  /** @param {string} html the highlighted code */
  highlight(html) {
    this.code.innerHTML = html || "\n";
    const last = this.code.lastElementChild;
    const comment = last?.className === "hljs-comment" ? (last.textContent ?? "") : "";
    const directive = DIRECTIVE.exec(comment);
    if (!last || !directive) return;
    if (directive.index > 0) {
      // Keep the comment before the directive in an element of its own.
      const text = /** @type {Element} */ (last.cloneNode());
      text.textContent = comment.slice(0, directive.index);
      last.before(text);
      last.textContent = directive[0];
    }
    last.classList.add("cs336-directive");
  }

  /** @param {number} step @param {Options} options */
  isUpToDate(step, options) {
    return (
      this.history === undefined ||
      (lastUpTo(this.history.steps, step) === this.version && keyOf(options) === this.key)
    );
  }

  /**
   * Shows the latest renderings up to a step or, before the first ones, those still to come.
   * @param {number} step
   * @param {Options} options
   * @param {Renderings} renderings
   */
  update(step, options, renderings) {
    if (!this.history || !this.slot || this.isUpToDate(step, options)) return;
    const latest = lastUpTo(this.history.steps, step);
    this.version = latest;
    this.key = keyOf(options);
    const visible = (this.history.values[Math.max(0, latest)] ?? []).filter(
      (rendering) =>
        !options.raw &&
        (options.showNotes || rendering.type !== "note") &&
        (latest >= 0 || !(options.animate || rendering.animate)),
    );
    // Most steps show what was already there; taking it out and back in would lay it out again.
    if (areSame(visible, this.visible)) return;
    this.visible = visible;
    this.root.classList.toggle("cs336-rendered", visible.length > 0);
    const shown = visible.slice(0, countWithinLimits(visible));
    const elements = shown.map((rendering, i) =>
      renderings.element(rendering, `${this.name}:${i}`),
    );
    this.slot.replaceChildren(...joinProse(shown, elements));
    if (shown.length < visible.length)
      this.slot.append(
        paragraph(t("trace.source.renderings.more", { n: visible.length - shown.length })),
      );
  }
}

/** @param {Rendering[]} some @param {Rendering[]} others */
const areSame = (some, others) =>
  some.length === others.length && some.every((rendering, i) => rendering === others[i]);

/**
 * How many renderings to draw.
 * @param {Rendering[]} renderings
 */
function countWithinLimits(renderings) {
  let markdown = 0;
  for (const [i, { type, data }] of renderings.slice(0, MAX_RENDERINGS).entries()) {
    if (typeof data === "string" && (type === "markdown" || type === "note"))
      markdown += data.length;
    if (i > 0 && markdown > MAX_MARKDOWN) return i;
  }
  return MAX_RENDERINGS;
}

/**
 * The elements of renderings; consecutive texts and links flow together as one line of prose, also
 * in the item that a list ends with.
 * @param {Rendering[]} renderings
 * @param {HTMLElement[]} elements
 */
function joinProse(renderings, elements) {
  const prose = elements.map((element, i) =>
    isProse(/** @type {Rendering} */ (renderings[i]), element),
  );
  /** @type {(HTMLElement | string)[]} */
  const joined = [];
  /** @type {HTMLElement | null} */
  let rest = null;
  for (const [i, element] of elements.entries()) {
    const continues = prose[i] && (prose[i - 1] || rest !== null);
    if (!continues) rest = restOfItem(element, Boolean(prose[i + 1]));
    element.classList.toggle("cs336-flows", Boolean(continues || (prose[i] && prose[i + 1])));
    // Markdown ends a paragraph with a line break, which would become a space.
    if (prose[i] && element.lastChild instanceof Text) element.lastChild.remove();
    const space = continues && needsSpace(renderings[i - 1], renderings[i]) ? [" "] : [];
    if (continues && rest) rest.append(...space, element);
    else joined.push(...space, element);
  }
  return joined;
}

/**
 * Appends an empty element for continuing prose to the last item of the list at the end of a
 * rendering; returns null if it does not end with a list. Earlier continuing prose is removed.
 * @param {HTMLElement} element
 * @param {boolean} isContinued
 */
function restOfItem(element, isContinued) {
  element.querySelector(".cs336-rest")?.remove();
  if (!isContinued) return null;
  let item = null;
  let last = element.lastElementChild;
  for (; last && /^(?:ul|ol|li|p)$/.test(last.localName); last = last.lastElementChild)
    if (item || last.localName === "li") item = last;
  const rest = document.createElement("span");
  rest.className = "cs336-rest";
  item?.append(rest);
  return item && rest;
}

/**
 * Whether a rendering can be part of a line of prose: a link, or a single paragraph of text.
 * @param {Rendering} rendering
 * @param {HTMLElement} element
 */
function isProse({ type, style }, element) {
  if (Object.keys(style).length) return false;
  if (type === "link") return true;
  const { children } = element;
  return (
    type === "markdown" &&
    children.length === 1 &&
    children[0]?.localName === "p" &&
    !element.querySelector("img, video, .cs336-placeholder, [class*='-display']")
  );
}

/**
 * Whether two renderings in a line of prose need a space between them; parts of one word do not.
 * @param {Rendering | undefined} before
 * @param {Rendering | undefined} after
 */
function needsSpace(before, after) {
  if (before?.type === "link" || after?.type === "link")
    return !/^\s*[.,;:!?)]/.test(String(after?.data ?? ""));
  return /[\s.:;,!?)]$/.test(String(before?.data ?? "")) || /^\s/.test(String(after?.data ?? ""));
}

/** @param {string} text */
export function paragraph(text) {
  const element = document.createElement("p");
  element.className = "cs336-quiet";
  element.textContent = text;
  return element;
}
