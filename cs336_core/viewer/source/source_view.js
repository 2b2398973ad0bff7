// The source of a program, with renderings in place of the lines that created them. A file may have
// thousands of lines, so each line is created once; a step moves the mark and updates what differs.

import { getOrCreate } from "../trace/trace_index.js";
import { SourceFile } from "./source_file.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./line.js").Options} Options */
/** @typedef {import("./line.js").Renderings & { rest: import("../rest.js").Rest }} Renderings */

/** Where to scroll the current line, and the range in which it may stay, as fractions of the height. */
const TARGET = 0.35;
const HIGHEST = 0.08;
const LOWEST = 0.8;
/** Milliseconds of idle work in browsers that do not report the time remaining. */
const SLICE = 8;

export class SourceView {
  /**
   * @param {HTMLElement} root the element that scrolls
   * @param {TraceIndex} index
   * @param {Renderings} renderings
   */
  constructor(root, index, renderings) {
    this.root = root;
    this.index = index;
    this.renderings = renderings;
    /** @type {Map<string, SourceFile>} */
    this.files = new Map();
    /** Files of the trace to prepare while the reader stays at a step. */
    this.upcoming = [...index.stepsAt.keys()].reverse();
    /** @type {SourceFile | undefined} the file in view */
    this.file = undefined;
    /** @type {Line | undefined} the current line */
    this.current = undefined;
    this.isScheduled = false;
    /** Whether to keep the line in view while its surroundings grow: until the reader scrolls. */
    this.isPinned = true;
    /** Whether the current line was in view when the panel was last scrolled. */
    this.isInView = true;
    this.lineTop = 0; // where the current line was then, below the top of the panel
    this.top = 0; // the last scroll position that the reader did not choose
    // Before a figure handles them, which hides its keys from the viewer.
    const early = { passive: true, capture: true };
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      root.addEventListener(type, () => this.pin(false), early);
    }
    root.addEventListener(
      "toggle",
      ({ target }) => this.isInView && this.makeRoom(/** @type {HTMLElement} */ (target)),
      early,
    );
    this.growth = new ResizeObserver(() => {
      if (!this.isPinned) return;
      this.holdStill();
      requestAnimationFrame(() => {
        if (this.isPinned && this.current && this.file) this.scrollTo(this.current.root, this.file);
      });
    });
    root.addEventListener(
      "scroll",
      () => {
        const { scrollTop } = root;
        if (scrollTop !== this.top) this.pin(false);
        if (this.file) this.file.top = scrollTop;
        this.file?.blocks.drawVisible(root);
        this.isInView = this.currentInView();
      },
      { passive: true },
    );
    // Also runs when the panel first appears; before that, nothing has a size.
    new ResizeObserver(() => {
      const wasInView = this.isPinned || this.isInView; // the reader may be elsewhere
      if (wasInView && this.current && this.file) this.scrollTo(this.current.root, this.file);
      this.file?.blocks.drawVisible(root);
    }).observe(root);
    renderings.rest.during(() => this.finishWhenIdle()); // it checks whether the reader still rests
  }

  /**
   * @param {string} path the file to show
   * @param {number} line the line to bring into view
   * @param {number} step
   * @param {boolean} isStep whether the step is at that line
   * @param {Options} options
   * @param {string} event what the statement returned, yielded or raised, in words
   */
  show(path, line, step, isStep, options, event) {
    const file = this.fileAt(path);
    this.root.classList.toggle("cs336-raw", options.raw);
    file.update(line, step, options);
    const current = file.lineAt(line);
    if (current !== this.current) {
      this.current?.root.classList.remove("cs336-now", "cs336-looked-at");
      this.current?.root.removeAttribute("aria-current");
      this.current?.code.removeAttribute("data-event");
      this.current = current;
    }
    current?.root.classList.toggle("cs336-now", isStep);
    current?.root.classList.toggle("cs336-looked-at", !isStep);
    if (isStep) current?.root.setAttribute("aria-current", "step");
    current?.code.setAttribute("data-event", event);
    if (file !== this.file) this.open(file);
    this.pin(true);
    if (current) this.scrollTo(current.root, file);
    this.renderings.rest.interrupt();
  }

  /** @param {string} path */
  fileAt(path) {
    return getOrCreate(this.files, path, () => new SourceFile(this.index, path, this.renderings));
  }

  /**
   * Shows a file where it was last left. The others stay on the page, out of view, so that a call
   * into another file and the return from it do not lay out both again.
   * @param {SourceFile} file
   */
  open(file) {
    this.file?.root.classList.add("cs336-away");
    file.root.classList.remove("cs336-away");
    if (file.root.parentNode) this.root.scrollTop = file.top;
    else this.root.append(file.root);
    this.growth.disconnect();
    this.growth.observe(file.root);
    this.file = file;
  }

  /** @param {boolean} isPinned whether to keep the current line in view */
  pin(isPinned) {
    this.isPinned = isPinned;
    // The browser's own anchoring would look as if the reader had scrolled.
    this.root.style.overflowAnchor = isPinned ? "none" : "auto";
  }

  /**
   * @param {HTMLElement} line
   * @param {SourceFile} file
   */
  scrollTo(line, file) {
    const { blocks } = file;
    blocks.draw(line);
    // A newly drawn block may differ from its estimated height, so check the position once more.
    for (let attempt = 0; attempt < 2; attempt++) {
      const panel = this.root.getBoundingClientRect();
      const box = line.getBoundingClientRect();
      const top = box.top - panel.top;
      const bottom = top + Math.min(box.height, panel.height * (LOWEST - TARGET));
      if (top >= panel.height * HIGHEST && bottom <= panel.height * LOWEST) break;
      this.root.scrollTop += top - panel.height * TARGET;
      blocks.drawVisible(this.root);
    }
    file.top = this.top = this.root.scrollTop;
    this.lineTop = this.topOf(line);
    this.isInView = true;
  }

  /** Where an element is, below the top of the panel. @param {HTMLElement} element */
  topOf(element) {
    return element.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
  }

  /** Keeps the current line where it is while what is above it grows, as far as that can scroll. */
  holdStill() {
    if (this.current) this.root.scrollTop += this.topOf(this.current.root) - this.lineTop;
    this.top = this.root.scrollTop;
  }

  /** Whether some of the current line is in view now. */
  currentInView() {
    const line = this.current?.root.getBoundingClientRect();
    const panel = this.root.getBoundingClientRect();
    return line !== undefined && line.bottom > panel.top && line.top < panel.bottom;
  }

  /**
   * Scrolls as far as needed to see the current line below a part that was opened, but not beyond
   * the part's own beginning.
   * @param {HTMLElement} opened
   */
  makeRoom(opened) {
    if (!this.current) return;
    const panel = this.root.getBoundingClientRect();
    const hidden = this.current.root.getBoundingClientRect().bottom - panel.bottom;
    const room = opened.getBoundingClientRect().top - panel.top;
    if (hidden > 0 && room > 0) this.root.scrollTop += Math.min(hidden, room);
  }

  /** Whether there is work to do now: at rest, what later steps may need. */
  get isUnfinished() {
    const { file, upcoming } = this;
    return (
      this.renderings.rest.isNow &&
      file !== undefined &&
      (file.isUnfinished || file.blocks.hasNew || upcoming.length > 0)
    );
  }

  /** Does one piece of the unfinished work. */
  continue() {
    if (!this.file) return;
    if (this.file.isUnfinished) this.file.continue();
    else if (this.file.blocks.hasNew) this.file.blocks.layOutNext();
    else this.prepare(this.upcoming.pop() ?? this.file.path);
  }

  /**
   * Draws a file out of view, around the line on which the program first enters it, so that the step
   * into it finds it laid out.
   * @param {string} path
   */
  prepare(path) {
    const file = this.fileAt(path);
    const [entry] = this.index.stepsAt.get(path)?.keys() ?? [];
    const line = entry === undefined ? undefined : file.lineAt(entry);
    if (file.root.parentNode || !line) return;
    file.root.classList.add("cs336-away");
    this.root.append(file.root);
    file.blocks.draw(line.root);
    line.root.getBoundingClientRect(); // lays out
  }

  /** Does the unfinished work while the browser is idle. */
  finishWhenIdle() {
    if (this.isScheduled || !this.isUnfinished) return;
    this.isScheduled = true;
    const schedule =
      globalThis.requestIdleCallback ?? ((/** @type {() => void} */ run) => setTimeout(run, 50));
    schedule((deadline) => {
      this.isScheduled = false;
      const end = performance.now() + (deadline?.timeRemaining() ?? SLICE);
      while (this.isUnfinished && performance.now() < end) this.continue();
      this.finishWhenIdle();
    });
  }

  /** Marks the lines of the file in view that contain a text. @param {string} text */
  mark(text) {
    this.file?.mark(text);
  }
}
