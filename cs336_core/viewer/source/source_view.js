// The source of a program with what its lines have shown in their place. A line is made once; a step
// moves the mark and swaps what differs, since a file has a thousand lines and more.

import { Sheet } from "./source_file.js";

/** @typedef {import("../trace/trace_index.js").Story} Story */
/** @typedef {import("./source_file.js").Line} Line */
/** @typedef {import("./source_file.js").Options} Options */
/** @typedef {import("./source_file.js").Renderings} Renderings */

/** Where the current line is brought to, and kept within, as parts of the height. */
const BEST = 0.35;
const HIGHEST = 0.08;
const LOWEST = 0.8;
/** Milliseconds of work at a time where the browser does not say how much time there is. */
const SLICE = 8;

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
    /** @type {Sheet | undefined} the file in view */
    this.sheet = undefined;
    /** @type {Line | undefined} */
    this.now = undefined;
    this.isWaiting = false;
    /** Whether the line stays in view as what is around it grows: until something else scrolls. */
    this.holds = true;
    this.top = 0; // where the panel was scrolled to, by us or as its content grew
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      root.addEventListener(type, () => (this.holds = false), { passive: true });
    }
    this.growing = new ResizeObserver(() => {
      if (!this.holds) return;
      this.top = root.scrollTop;
      requestAnimationFrame(() => {
        if (this.holds && this.now && this.sheet) this.bringIntoView(this.now.root, this.sheet);
      });
    });
    root.addEventListener(
      "scroll",
      () => {
        if (root.scrollTop !== this.top) this.holds = false;
        this.sheet?.blocks.drawInView(root);
      },
      { passive: true },
    );
    // Also when it is first shown: what is drawn before that has no size.
    new ResizeObserver(() => {
      if (this.now && this.sheet) this.bringIntoView(this.now.root, this.sheet);
      this.sheet?.blocks.drawInView(root);
    }).observe(root);
  }

  /**
   * @param {string} path the file to show
   * @param {number} line the line to bring into view
   * @param {number} step
   * @param {boolean} isNow whether the step is at that line
   * @param {Options} options
   */
  show(path, line, step, isNow, options) {
    const sheet = this.sheets.get(path) ?? new Sheet(this.story, path, this.renderings);
    this.sheets.set(path, sheet);
    if (sheet !== this.sheet) {
      this.root.replaceChildren(sheet.root);
      this.growing.disconnect();
      this.growing.observe(sheet.root);
      this.sheet = sheet;
    }
    this.root.classList.toggle("cs336-raw", options.raw);
    sheet.update(line, step, options);
    const now = sheet.lineAt(line);
    if (now !== this.now) {
      this.now?.root.classList.remove("cs336-now", "cs336-looked-at");
      this.now?.root.removeAttribute("aria-current");
      this.now = now;
    }
    now?.root.classList.toggle("cs336-now", isNow);
    now?.root.classList.toggle("cs336-looked-at", !isNow);
    if (isNow) now?.root.setAttribute("aria-current", "step");
    this.holds = true;
    if (now) this.bringIntoView(now.root, sheet);
    this.goOnLater();
  }

  /**
   * @param {HTMLElement} line
   * @param {Sheet} sheet
   */
  bringIntoView(line, { blocks }) {
    blocks.draw(line);
    // What is drawn anew may have another height than it was taken to have: look once more.
    for (let tries = 0; tries < 2; tries++) {
      const panel = this.root.getBoundingClientRect();
      const box = line.getBoundingClientRect();
      const top = box.top - panel.top;
      const bottom = top + Math.min(box.height, panel.height * (LOWEST - BEST));
      if (top >= panel.height * HIGHEST && bottom <= panel.height * LOWEST) break;
      this.root.scrollTop += top - panel.height * BEST;
      blocks.drawInView(this.root);
    }
    this.top = this.root.scrollTop;
  }

  /** Makes what is out of view, when there is time. */
  goOnLater() {
    if (this.isWaiting || !this.sheet?.isUnfinished) return;
    this.isWaiting = true;
    const begin =
      globalThis.requestIdleCallback ?? ((/** @type {() => void} */ go) => setTimeout(go, 50));
    begin((deadline) => {
      this.isWaiting = false;
      const end = performance.now() + (deadline?.timeRemaining() ?? SLICE);
      do this.sheet?.goOn();
      while (performance.now() < end && this.sheet?.isUnfinished);
      this.goOnLater();
    });
  }

  /** Marks the lines of the file in view that hold a text. @param {string} text */
  mark(text) {
    this.sheet?.mark(text);
  }
}
