// The source of a program with what its lines have shown in their place. Made once for each file;
// a step moves the mark and swaps what differs, since a file has a thousand lines and more.

import { t } from "../ui/strings.js";
import { highlightPython } from "./highlight.js";
import { lastAt } from "./story.js";

/** @typedef {import("./story.js").Story} Story */
/** @typedef {import("./story.js").Changes<import("./model.js").Rendering[]>} Shown */
/** @typedef {{ element: (rendering: import("./model.js").Rendering, place: string) => HTMLElement }} Renderings */

/**
 * How the source is shown. `raw`: as it is, without what its lines showed; `animate`: without what
 * is yet to come; `showNotes`: with notes.
 * @typedef {{ raw: boolean, animate: boolean, showNotes: boolean }} Options
 */

/** Lines of a file that are shown. */
const MANY = 20_000;
/** Lines around the current one that show at once what they are to show; others when there is time. */
const NEAR = 40;
/** Milliseconds of work at a time where the browser does not say how much time there is. */
const SLICE = 8;
/** Lines in one block: blocks that are out of view are neither laid out nor painted. */
const BLOCK = 20;
/** Characters by which a folded line is indented further, and the deepest indentation. */
const HANGING = 4;
const MOST_INDENT = 24;
/** Where the current line is brought to, and kept within, as parts of the height. */
const BEST = 0.35;
const HIGHEST = 0.08;
const LOWEST = 0.8;

/** @param {Options} options */
const keyOf = ({ raw, animate, showNotes }) => `${raw} ${animate} ${showNotes}`;

/** A line of source, and in its place what it showed. */
class Line {
  /** @param {string} path @param {number} number @param {string} html @param {Shown | undefined} shown */
  constructor(path, number, html, shown) {
    this.name = `${path}:${number}`;
    this.number = number;
    this.shown = shown;
    this.at = -2; // which of what it showed is in view
    this.key = "";
    this.root = document.createElement("div");
    this.root.className = "cs336-line";
    this.root.dataset.line = String(number);
    const mark = document.createElement("span");
    mark.className = "cs336-line-number";
    mark.textContent = String(number);
    this.code = document.createElement("code");
    this.code.innerHTML = html || "\n";
    // What is folded onto a second row stands to the right of where the line begins.
    const indent = Math.min(MOST_INDENT, /^ */.exec(this.code.textContent ?? "")?.[0].length ?? 0) + HANGING;
    this.code.style.setProperty("--indent", `${indent}ch`);
    this.root.append(mark, this.code);
    this.place = shown ? document.createElement("div") : null;
    if (this.place) {
      this.place.className = "cs336-shown";
      this.root.append(this.place);
    }
  }

  /** @param {number} step @param {Options} options */
  isUpToDate(step, options) {
    return this.shown === undefined || (lastAt(this.shown.steps, step) === this.at && keyOf(options) === this.key);
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
    this.place.replaceChildren(...wanted.map((rendering, i) => renderings.element(rendering, `${this.name}:${i}`)));
  }
}

/** One file, drawn. */
class Sheet {
  /** @param {Story} story @param {string} path */
  constructor(story, path) {
    const source = story.trace.files.get(path);
    const hidden = story.trace.hidden.get(path) ?? new Set();
    const shown = story.shown.get(path) ?? new Map();
    const plain = (source ?? "").split("\n");
    if (plain.at(-1) === "" && plain.length > 1) plain.pop();
    this.text = plain;
    const html = source === undefined ? [] : highlighted(path, source);
    /** @type {Map<number, Line>} */
    this.lines = new Map();
    this.root = document.createElement("div");
    this.root.className = "cs336-sheet";
    const last = Math.min(MANY, Math.max(plain.length, ...(source === undefined ? shown.keys() : [0])));
    const blocks = document.createDocumentFragment();
    let block = document.createElement("div");
    for (let number = 1; number <= last; number++) {
      const there = shown.get(number);
      if (hidden.has(number) && !there) continue;
      const line = new Line(path, number, html[number - 1] ?? "", there);
      line.root.classList.toggle("cs336-hidden", hidden.has(number));
      this.lines.set(number, line);
      if (block.childElementCount % BLOCK === 0) {
        block = document.createElement("div");
        block.className = "cs336-block";
        blocks.append(block);
      }
      block.append(line.root);
    }
    this.root.append(blocks);
    if (source === undefined || plain.length > MANY) {
      const note = document.createElement("p");
      note.className = "cs336-quiet cs336-sheet-note";
      note.textContent = source === undefined ? t("trace.source.missing", { path }) : t("trace.source.cut", { n: MANY, of: plain.length });
      this.root.append(note);
    }
    this.telling = [...this.lines.values()].filter((line) => line.shown);
  }

  /** The line itself, or the nearest before it that is in view. @param {number} number */
  lineAt(number) {
    for (let n = Math.min(number, MANY); n > 0; n--) {
      const line = this.lines.get(n);
      if (line) return line;
    }
    return undefined;
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

export class SourceView {
  /**
   * @param {HTMLElement} root what scrolls
   * @param {Story} story
   * @param {Renderings} renderings
   */
  constructor(root, story, renderings) {
    this.root = root;
    this.story = story;
    this.renderings = renderings;
    /** @type {Map<string, Sheet>} */
    this.sheets = new Map();
    /** @type {Sheet | undefined} */
    this.sheet = undefined;
    /** @type {Line | undefined} */
    this.now = undefined;
    /** @type {Line[]} */
    this.found = [];
    /** @type {Set<Line>} lines out of view that are yet to show what they are to show */
    this.late = new Set();
    this.isWaiting = false;
    this.step = 0;
    /** @type {Options} */
    this.options = { raw: false, animate: false, showNotes: false };
  }

  /**
   * @param {string} path the file to show
   * @param {number} line the line to bring into view
   * @param {number} step
   * @param {boolean} isNow whether the step is at that line
   * @param {Options} options
   */
  show(path, line, step, isNow, options) {
    const sheet = this.sheets.get(path) ?? new Sheet(this.story, path);
    this.sheets.set(path, sheet);
    this.step = step;
    this.options = options;
    for (const each of sheet.telling) {
      if (Math.abs(each.number - line) <= NEAR) each.update(step, options, this.renderings);
      else if (!each.isUpToDate(step, options)) this.late.add(each);
    }
    this.goOnLater();
    if (sheet !== this.sheet) {
      this.root.replaceChildren(sheet.root);
      this.sheet = sheet;
    }
    const now = sheet.lineAt(line);
    if (now !== this.now) {
      this.now?.root.classList.remove("cs336-now", "cs336-looked-at");
      this.now?.root.removeAttribute("aria-current");
      this.now = now;
    }
    now?.root.classList.toggle("cs336-now", isNow);
    now?.root.classList.toggle("cs336-looked-at", !isNow);
    if (isNow) now?.root.setAttribute("aria-current", "step");
    if (now) this.bringIntoView(now.root);
  }

  /** Lets lines out of view show what they are to show, when there is time. */
  goOnLater() {
    if (this.isWaiting || !this.late.size) return;
    this.isWaiting = true;
    const begin = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ go) => setTimeout(go, 50));
    begin((deadline) => {
      this.isWaiting = false;
      const end = performance.now() + (deadline?.timeRemaining() ?? SLICE);
      for (const line of this.late) {
        line.update(this.step, this.options, this.renderings);
        this.late.delete(line);
        if (performance.now() >= end) break;
      }
      this.goOnLater();
    });
  }

  /** @param {HTMLElement} line */
  bringIntoView(line) {
    const panel = this.root.getBoundingClientRect();
    const box = line.getBoundingClientRect();
    const top = box.top - panel.top;
    const bottom = top + Math.min(box.height, panel.height * (LOWEST - BEST));
    if (top < panel.height * HIGHEST || bottom > panel.height * LOWEST) {
      this.root.scrollTop += top - panel.height * BEST;
    }
  }

  /**
   * Marks the lines of the file in view that hold a text.
   * @param {string} text
   */
  mark(text) {
    for (const line of this.found) line.root.classList.remove("cs336-found");
    this.found = [];
    if (!text || !this.sheet) return;
    const wanted = text.toLowerCase();
    this.sheet.text.forEach((code, i) => {
      const line = code.toLowerCase().includes(wanted) ? this.sheet?.lines.get(i + 1) : undefined;
      if (line) this.found.push(line);
    });
    for (const line of this.found) line.root.classList.add("cs336-found");
  }
}
