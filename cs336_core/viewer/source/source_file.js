// One file of a program, drawn: lines in blocks, made when they are first looked at.

import { t } from "../../ui/strings.js";
import { lastAt } from "../trace/trace_index.js";
import { highlightPython } from "./highlight.js";
import { Blocks } from "./line_blocks.js";

/** @typedef {import("../trace/trace_index.js").Story} Story */
/** @typedef {import("../trace/trace_index.js").Changes<import("../trace/types.js").Rendering[]>} Shown */
/** @typedef {{ element: (rendering: import("../trace/types.js").Rendering, place: string) => HTMLElement }} Renderings */

/**
 * How the source is shown. `raw`: as it is, without what its lines showed; `animate`: without what
 * is yet to come; `showNotes`: with notes.
 * @typedef {{ raw: boolean, animate: boolean, showNotes: boolean }} Options
 */

/** Lines of a file that are shown. */
const MANY = 20_000;
/** Lines around the current one that show at once what they are to show; others when there is time. */
const NEAR = 40;
/** Characters of a source that is highlighted before it is first seen; a longer one comes plain. */
const SHORT = 16_000;
/** What a line shows at a time, at most: renderings, and characters of Markdown in them. */
const MOST_SHOWN = 100;
const MOST_MARKDOWN = 60_000;
/** Characters by which a folded line is indented further, and the deepest indentation. */
const HANGING = 4;
const MOST_INDENT = 24;

/** A comment that only tells the tracer what to show. */
const DIRECTIVE = /(?:^#\s*|\s+)@(?:inspect|clear|stepover|hide|animate)\b[\s\S]*/;

/** @param {Options} options */
const keyOf = ({ raw, animate, showNotes }) => `${raw} ${animate} ${showNotes}`;

/** A line of source, and in its place what it showed. */
export class Line {
  /** @param {string} path @param {number} number @param {string} text @param {Shown | undefined} shown */
  constructor(path, number, text, shown) {
    this.name = `${path}:${number}`;
    this.number = number;
    this.shown = shown;
    this.at = -2; // which of what it showed is in view
    this.key = "";
    this.root = document.createElement("div");
    this.root.className = "cs336-line";
    this.root.dataset.line = String(number);
    this.code = document.createElement("code");
    this.code.textContent = text || "\n";
    // What is folded onto a second row stands to the right of where the line begins.
    const indent = Math.min(MOST_INDENT, /^ */.exec(text)?.[0].length ?? 0);
    this.code.style.setProperty("--indent", `${indent + HANGING}ch`);
    this.root.append(this.code);
    this.place = shown ? document.createElement("div") : null;
    if (this.place) {
      this.place.className = "cs336-shown";
      if (indent) this.place.style.setProperty("--own-indent", String(indent));
      this.root.append(this.place);
    }
  }

  /** @param {string} html the line's code, with its words marked */
  highlight(html) {
    this.code.innerHTML = html || "\n";
    const last = this.code.lastElementChild;
    const comment = last?.className === "hljs-comment" ? (last.textContent ?? "") : "";
    const directive = DIRECTIVE.exec(comment);
    if (!last || !directive) return;
    if (directive.index > 0) {
      // What is said before it stays.
      const said = /** @type {Element} */ (last.cloneNode());
      said.textContent = comment.slice(0, directive.index);
      last.before(said);
      last.textContent = directive[0];
    }
    last.classList.add("cs336-directive");
  }

  /** @param {number} step @param {Options} options */
  isUpToDate(step, options) {
    return (
      this.shown === undefined ||
      (lastAt(this.shown.steps, step) === this.at && keyOf(options) === this.key)
    );
  }

  /**
   * Shows what the line has shown last, or is to show first.
   * @param {number} step
   * @param {Options} options
   * @param {Renderings} renderings
   */
  update(step, options, renderings) {
    if (!this.shown || !this.place || this.isUpToDate(step, options)) return;
    const last = lastAt(this.shown.steps, step);
    this.at = last;
    this.key = keyOf(options);
    const wanted = (this.shown.values[Math.max(0, last)] ?? []).filter(
      (rendering) =>
        !options.raw &&
        (options.showNotes || rendering.type !== "note") &&
        (last >= 0 || !(options.animate || rendering.animate)),
    );
    this.root.classList.toggle("cs336-told", wanted.length > 0);
    const fitting = wanted.slice(0, fits(wanted));
    this.place.replaceChildren(
      ...flowing(
        fitting,
        fitting.map((rendering, i) => renderings.element(rendering, `${this.name}:${i}`)),
      ),
    );
    if (fitting.length < wanted.length)
      this.place.append(
        sentence(t("trace.source.shown.cut", { n: wanted.length - fitting.length })),
      );
  }
}

/**
 * How many of some renderings are drawn.
 * @param {import("../trace/types.js").Rendering[]} wanted
 */
function fits(wanted) {
  let markdown = 0;
  for (const [i, { type, data }] of wanted.slice(0, MOST_SHOWN).entries()) {
    if (typeof data === "string" && (type === "markdown" || type === "note"))
      markdown += data.length;
    if (i > 0 && markdown > MOST_MARKDOWN) return i;
  }
  return MOST_SHOWN;
}

/**
 * The elements of renderings, with texts and links in a row as one line of prose.
 * @param {import("../trace/types.js").Rendering[]} shown
 * @param {HTMLElement[]} elements
 */
function flowing(shown, elements) {
  const flows = elements.map((element, i) =>
    isProse(/** @type {import("../trace/types.js").Rendering} */ (shown[i]), element),
  );
  return elements.flatMap((element, i) => {
    const follows = flows[i] && flows[i - 1];
    element.classList.toggle("cs336-flows", Boolean(follows || (flows[i] && flows[i + 1])));
    if (flows[i] && element.lastChild instanceof Text) element.lastChild.remove(); // what follows a paragraph in HTML
    return follows && isApart(shown[i - 1], shown[i]) ? [" ", element] : [element];
  });
}

/**
 * Whether a rendering can stand within a line: a link, or a text of one paragraph.
 * @param {import("../trace/types.js").Rendering} rendering
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
    !element.querySelector("img, video, .cs336-absence, [class*='-display']")
  );
}

/**
 * Whether there is a space between two renderings in a line: not between the parts of a word.
 * @param {import("../trace/types.js").Rendering | undefined} before
 * @param {import("../trace/types.js").Rendering | undefined} after
 */
function isApart(before, after) {
  if (before?.type === "link" || after?.type === "link")
    return !/^\s*[.,;:!?)]/.test(String(after?.data ?? ""));
  return /[\s.:;,!?)]$/.test(String(before?.data ?? "")) || /^\s/.test(String(after?.data ?? ""));
}

/** @param {string} text */
function sentence(text) {
  const note = document.createElement("p");
  note.className = "cs336-quiet";
  note.textContent = text;
  return note;
}

export class Sheet {
  /** @param {Story} story @param {string} path @param {Renderings} renderings */
  constructor({ trace, shown }, path, renderings) {
    this.path = path;
    this.renderings = renderings;
    const source = trace.files.get(path);
    this.source = source ?? "";
    this.hidden = trace.hidden.get(path) ?? new Set();
    this.shown = shown.get(path) ?? new Map();
    this.text = this.source.split("\n");
    if (this.text.at(-1) === "" && this.text.length > 1) this.text.pop();
    const last = Math.min(
      MANY,
      Math.max(this.text.length, ...(source === undefined ? this.shown.keys() : [0])),
    );
    /** @type {number[]} the lines that may be seen */
    this.numbers = [];
    for (let number = 1; number <= last; number++) {
      if (!this.hidden.has(number) || this.shown.has(number)) this.numbers.push(number);
    }
    /** @type {Map<number, Line>} those that are made */
    this.lines = new Map();
    /** @type {Set<Line>} lines out of view that are yet to show what they are to show */
    this.late = new Set();
    /** @type {string[] | null} the lines as HTML, once they are highlighted */
    this.html = this.source.length <= SHORT ? highlighted(path, this.source) : null;
    this.finding = "";
    this.step = 0;
    /** @type {Options} */
    this.options = { raw: false, animate: false, showNotes: false };
    this.blocks = new Blocks(
      this.numbers.length,
      (i) => this.make(/** @type {number} */ (this.numbers[i])).root,
    );
    this.root = document.createElement("div");
    this.root.className = "cs336-sheet";
    this.root.append(this.blocks.root);
    const said =
      source === undefined
        ? t("trace.source.missing", { path })
        : this.text.length > MANY
          ? t("trace.source.cut", { n: MANY, of: this.text.length })
          : "";
    if (said) {
      const note = sentence(said);
      note.classList.add("cs336-sheet-note");
      this.root.append(note);
    }
  }

  /** @param {number} number */
  make(number) {
    const line = new Line(this.path, number, this.text[number - 1] ?? "", this.shown.get(number));
    if (this.html) line.highlight(this.html[number - 1] ?? "");
    line.root.classList.toggle("cs336-hidden", this.hidden.has(number));
    line.root.classList.toggle("cs336-found", this.isFound(number));
    line.update(this.step, this.options, this.renderings);
    this.lines.set(number, line);
    return line;
  }

  /**
   * Brings the lines up to date for a step, those near a line at once.
   * @param {number} near
   * @param {number} step
   * @param {Options} options
   */
  update(near, step, options) {
    this.step = step;
    this.options = options;
    for (const number of this.shown.keys()) {
      const line = this.lines.get(number);
      if (!line) continue;
      if (Math.abs(number - near) <= NEAR) line.update(step, options, this.renderings);
      else if (!line.isUpToDate(step, options)) this.late.add(line);
    }
  }

  /** Whether something is yet to be made or brought up to date. */
  get isUnfinished() {
    return this.html === null || this.late.size > 0 || this.blocks.isUnfinished;
  }

  /** Does one of the things that are yet to be done. */
  goOn() {
    const [line] = this.late;
    if (this.html === null) {
      this.html = highlighted(this.path, this.source);
      for (const [number, made] of this.lines) made.highlight(this.html[number - 1] ?? "");
    } else if (line) {
      this.late.delete(line);
      line.update(this.step, this.options, this.renderings);
    } else {
      this.blocks.fillNext();
    }
  }

  /** The line itself, or the nearest before it that may be seen. @param {number} number */
  lineAt(number) {
    const at = Math.max(0, lastAt(this.numbers, number));
    this.blocks.fill(this.blocks.ofLine(at));
    return this.lines.get(this.numbers[at] ?? 0);
  }

  /** @param {number} number */
  isFound(number) {
    return (
      this.finding !== "" && (this.text[number - 1] ?? "").toLowerCase().includes(this.finding)
    );
  }

  /** Marks the lines that hold a text. @param {string} text */
  mark(text) {
    this.finding = text.toLowerCase();
    for (const [number, line] of this.lines)
      line.root.classList.toggle("cs336-found", this.isFound(number));
  }
}

/** @param {string} path @param {string} source */
function highlighted(path, source) {
  if (path.endsWith(".py") || !/\.\w+$/.test(path)) return highlightPython(source);
  const span = document.createElement("span");
  return source.split("\n").map((line) => {
    span.textContent = line;
    return span.innerHTML;
  });
}
