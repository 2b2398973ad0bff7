// One file of a program: its lines, in blocks, created when they are first needed.

import { escapeXML } from "../../ui/export.js";
import { formatNumber, t } from "../../ui/strings.js";
import { lastUpTo } from "../trace/trace_index.js";
import { lazilyHighlighted } from "./highlight.js";
import { Line, paragraph } from "./line.js";
import { Blocks } from "./line_blocks.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("./line.js").Options} Options */
/** @typedef {import("./line.js").Renderings} Renderings */

/** Lines of a file that are shown. */
const MAX_LINES = 20_000;
/** Lines around the current one whose renderings are updated at once; others at rest. */
const NEARBY = 40;

export class SourceFile {
  /** @param {TraceIndex} index @param {string} path @param {Renderings} renderings */
  constructor({ trace, renderings: histories }, path, renderings) {
    this.path = path;
    this.renderings = renderings;
    const source = trace.files.get(path);
    this.source = source ?? "";
    this.hidden = trace.hidden.get(path) ?? new Set();
    this.histories = histories.get(path) ?? new Map();
    this.text = this.source.split("\n");
    if (this.text.at(-1) === "" && this.text.length > 1) this.text.pop();
    const last = Math.min(
      MAX_LINES,
      Math.max(this.text.length, ...(source === undefined ? this.histories.keys() : [0])),
    );
    /** @type {number[]} the lines that may be shown */
    this.numbers = [];
    for (let number = 1; number <= last; number++) {
      if (!this.hidden.has(number) || this.histories.has(number)) this.numbers.push(number);
    }
    /** @type {Map<number, Line>} the lines that exist so far */
    this.lines = new Map();
    /** @type {Set<Line>} lines out of view whose renderings are out of date */
    this.outdated = new Set();
    /** The HTML of a line, by its index. */
    this.html = toHTML(path, this.source, this.text);
    this.query = "";
    this.step = 0;
    this.top = 0; // the scroll position when the file was last in view
    /** @type {Options} */
    this.options = { raw: false, animate: false, showNotes: false };
    this.blocks = new Blocks(
      this.numbers.length,
      (i) => this.createLine(/** @type {number} */ (this.numbers[i])).root,
    );
    this.root = document.createElement("div");
    this.root.className = "cs336-source-file";
    this.root.append(this.blocks.root);
    const note =
      source === undefined
        ? t("trace.source.missing", { path })
        : this.text.length > MAX_LINES
          ? t("trace.source.truncated", {
              n: formatNumber(MAX_LINES),
              of: formatNumber(this.text.length),
            })
          : "";
    if (note) {
      const element = paragraph(note);
      element.classList.add("cs336-source-note");
      this.root.append(element);
    }
  }

  /** @param {number} number */
  createLine(number) {
    const text = this.text[number - 1] ?? "";
    const line = new Line(
      this.path,
      number,
      text,
      this.html(number - 1),
      this.histories.get(number),
    );
    line.root.classList.toggle("cs336-hidden", this.hidden.has(number));
    line.root.classList.toggle("cs336-found", this.isFound(number));
    line.update(this.step, this.options, this.renderings);
    this.lines.set(number, line);
    return line;
  }

  /**
   * Updates the renderings for a step, those near a line at once.
   * @param {number} near
   * @param {number} step
   * @param {Options} options
   */
  update(near, step, options) {
    this.step = step;
    this.options = options;
    for (const number of this.histories.keys()) {
      const line = this.lines.get(number);
      if (!line) continue;
      if (Math.abs(number - near) <= NEARBY) line.update(step, options, this.renderings);
      else if (!line.isUpToDate(step, options)) this.outdated.add(line);
    }
  }

  /** Whether some lines are still missing or out of date. */
  get isUnfinished() {
    return this.outdated.size > 0 || this.blocks.isUnfinished;
  }

  /** Does one piece of the unfinished work. */
  continue() {
    const [outdated] = this.outdated;
    if (outdated) {
      this.outdated.delete(outdated);
      outdated.update(this.step, this.options, this.renderings);
    } else {
      this.blocks.fillNext();
    }
  }

  /** The line with a number, or the nearest visible one before it. @param {number} number */
  lineAt(number) {
    const i = Math.max(0, lastUpTo(this.numbers, number));
    this.blocks.fill(this.blocks.blockOf(i));
    return this.lines.get(this.numbers[i] ?? 0);
  }

  /** @param {number} number */
  isFound(number) {
    return this.query !== "" && (this.text[number - 1] ?? "").toLowerCase().includes(this.query);
  }

  /** Marks the lines that contain a text. @param {string} text */
  mark(text) {
    this.query = text.toLowerCase();
    for (const [number, line] of this.lines)
      line.root.classList.toggle("cs336-found", this.isFound(number));
  }
}

/**
 * The HTML of a line by its index, highlighted if it is Python.
 * @param {string} path
 * @param {string} source
 * @param {string[]} lines of the source
 */
function toHTML(path, source, lines) {
  const isPython = path.endsWith(".py") || !/\.\w+$/.test(path);
  return isPython
    ? lazilyHighlighted(source)
    : (/** @type {number} */ i) => escapeXML(lines[i] ?? "");
}
