// The lines of a long file, in blocks: created when they are first needed or when the browser is
// idle, and neither laid out nor painted while out of view. On its own, a browser draws thousands of
// pixels around the visible part, which would be most of the cost of a step.

/** Lines of a block. */
const LINES = 10;
/** How far beyond the panel to draw, as a fraction of its height. */
const MARGIN = 0.15;
/** Blocks to draw before and after a line's own, until the visible part is known. */
const BEFORE = 1;
const AFTER = 2;

/** Blocks that are laid out ahead of time. */
const MAX_LAID_OUT = 300;

/** Browsers with this event find text in elements that are not drawn. */
const canFindHidden = "onbeforematch" in globalThis;

/** @param {HTMLElement} block @param {boolean} isDrawn */
function setDrawn(block, isDrawn) {
  block.classList.toggle("cs336-far", !isDrawn);
  if (!canFindHidden) return;
  if (isDrawn) block.removeAttribute("hidden");
  else block.setAttribute("hidden", "until-found");
}

export class Blocks {
  /** @param {number} count of lines @param {(i: number) => HTMLElement} createLine */
  constructor(count, createLine) {
    this.count = count;
    this.createLine = createLine;
    this.root = document.createElement("div");
    /** @type {HTMLElement[]} */
    this.all = [];
    for (let i = 0; i < count; i += LINES) {
      const block = document.createElement("div");
      block.className = "cs336-block";
      block.addEventListener("beforematch", () => this.draw(block));
      setDrawn(block, false);
      this.all.push(block);
    }
    this.root.append(...this.all);
    /** @type {Set<HTMLElement>} */
    this.drawn = new Set();
    /** @type {Set<HTMLElement>} blocks that have been laid out */
    this.laidOut = new Set();
    this.next = 0; // the first block that may still be empty
    this.nextToLayOut = 0; // the first block that may not have been laid out yet
  }

  /** Whether some blocks are still empty. */
  get isUnfinished() {
    return this.next < this.all.length;
  }

  /** Whether some blocks have not been laid out, of those that are laid out ahead of time. */
  get hasNew() {
    return this.nextToLayOut < Math.min(MAX_LAID_OUT, this.all.length);
  }

  /** The index of the block that contains a line. @param {number} i index of the line */
  blockOf(i) {
    return Math.floor(i / LINES);
  }

  /** Creates the lines of a block. @param {number} index */
  fill(index) {
    const block = this.all[index];
    if (!block || block.firstChild) return;
    const lines = [];
    for (let i = index * LINES; i < Math.min(this.count, (index + 1) * LINES); i++)
      lines.push(this.createLine(i));
    block.append(...lines);
  }

  /** Creates the lines of the next block. */
  fillNext() {
    this.fill(this.next++);
  }

  /**
   * Lays out the next block, so that it is quick to draw. Out of view it keeps its estimated height,
   * so nothing moves.
   */
  layOutNext() {
    const block = /** @type {HTMLElement} */ (this.all[this.nextToLayOut++]);
    if (this.laidOut.has(block)) return;
    this.laidOut.add(block);
    block.classList.add("cs336-measured");
    block.getBoundingClientRect();
    block.classList.remove("cs336-measured");
  }

  /** Draws the blocks around a line or a block. @param {HTMLElement} element */
  draw(element) {
    const index = this.all.indexOf(/** @type {HTMLElement} */ (element.closest(".cs336-block")));
    const last = Math.min(this.all.length - 1, index + AFTER);
    for (let i = Math.max(0, index - BEFORE); i <= last; i++) this.add(i);
  }

  /** Draws only the visible blocks and those close to them. @param {HTMLElement} panel */
  drawVisible(panel) {
    if (!panel.clientHeight) return; // not on the page yet
    const margin = panel.clientHeight * MARGIN;
    // A newly drawn block may be shorter than estimated, which brings more blocks into view.
    for (let attempt = 0; attempt < 3; attempt++) {
      const { top, bottom } = panel.getBoundingClientRect();
      const first = this.bisect((box) => box.bottom >= top - margin);
      const end = this.bisect((box) => box.top > bottom + margin);
      const visible = new Set(this.all.slice(first, end));
      for (const block of this.drawn) {
        if (visible.has(block)) continue;
        this.drawn.delete(block);
        setDrawn(block, false);
      }
      const before = this.drawn.size;
      for (let i = first; i < end; i++) this.add(i);
      if (this.drawn.size === before) break;
    }
  }

  /** The index of the first block for which a condition holds. @param {(box: DOMRect) => boolean} condition true from some block on */
  bisect(condition) {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (condition(/** @type {HTMLElement} */ (this.all[middle]).getBoundingClientRect()))
        high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** @param {number} index */
  add(index) {
    const block = /** @type {HTMLElement} */ (this.all[index]);
    if (this.drawn.has(block)) return;
    this.fill(index);
    this.drawn.add(block);
    this.laidOut.add(block);
    setDrawn(block, true);
  }
}
