// The lines of a long file in blocks: made when they are first looked at, or when there is time; and
// neither laid out nor painted while they are out of view. A browser by itself draws thousands of
// pixels around what is seen, which would be most of a step's cost.

/** Lines of a block. */
const LINES = 10;
/** How far beyond the panel is drawn, as a part of its height. */
const MARGIN = 0.15;
/** Blocks that are drawn before and after a line's own until it is known what is in view. */
const BEFORE = 1;
const AFTER = 2;

/** A browser finds text in what is not drawn where it knows this event. */
const finds = "onbeforematch" in globalThis;

/** @param {HTMLElement} block @param {boolean} isDrawn */
function set(block, isDrawn) {
  block.classList.toggle("cs336-far", !isDrawn);
  if (!finds) return;
  if (isDrawn) block.removeAttribute("hidden");
  else block.setAttribute("hidden", "until-found");
}

export class Blocks {
  /** @param {number} count of lines @param {(i: number) => HTMLElement} make makes the line of a number */
  constructor(count, make) {
    this.count = count;
    this.make = make;
    this.root = document.createElement("div");
    /** @type {HTMLElement[]} */
    this.all = [];
    for (let i = 0; i < count; i += LINES) {
      const block = document.createElement("div");
      block.className = "cs336-block";
      block.addEventListener("beforematch", () => this.draw(block));
      set(block, false);
      this.all.push(block);
    }
    this.root.append(...this.all);
    /** @type {Set<HTMLElement>} */
    this.drawn = new Set();
    this.next = 0; // the first block that may be empty
  }

  /** Whether there are blocks without their lines. */
  get isUnfinished() {
    return this.next < this.all.length;
  }

  /** The number of the block that a line is in. @param {number} i the line's number, from 0 */
  ofLine(i) {
    return Math.floor(i / LINES);
  }

  /** Makes the lines of a block. @param {number} number */
  fill(number) {
    const block = this.all[number];
    if (!block || block.firstChild) return;
    const lines = [];
    for (let i = number * LINES; i < Math.min(this.count, (number + 1) * LINES); i++)
      lines.push(this.make(i));
    block.append(...lines);
  }

  /** Makes the lines of a block that has none yet. */
  fillNext() {
    this.fill(this.next++);
  }

  /** Draws what is around a line, or a block. @param {HTMLElement} element */
  draw(element) {
    const at = this.all.indexOf(/** @type {HTMLElement} */ (element.closest(".cs336-block")));
    for (let i = Math.max(0, at - BEFORE); i <= Math.min(this.all.length - 1, at + AFTER); i++)
      this.add(i);
  }

  /** Draws what is in view and a little around it, and nothing else. @param {HTMLElement} panel */
  drawInView(panel) {
    if (!panel.clientHeight) return; // it is not on the page yet
    const margin = panel.clientHeight * MARGIN;
    // What is drawn first may be shorter than it was taken to be, so that more is in view.
    for (let tries = 0; tries < 3; tries++) {
      const { top, bottom } = panel.getBoundingClientRect();
      const first = this.firstAt((box) => box.bottom >= top - margin);
      const end = this.firstAt((box) => box.top > bottom + margin);
      const wanted = new Set(this.all.slice(first, end));
      for (const block of this.drawn) {
        if (wanted.has(block)) continue;
        this.drawn.delete(block);
        set(block, false);
      }
      const before = this.drawn.size;
      for (let i = first; i < end; i++) this.add(i);
      if (this.drawn.size === before) break;
    }
  }

  /** The number of the first block that something holds of, and of all after it. @param {(box: DOMRect) => boolean} holds */
  firstAt(holds) {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(/** @type {HTMLElement} */ (this.all[middle]).getBoundingClientRect()))
        high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** @param {number} number */
  add(number) {
    const block = /** @type {HTMLElement} */ (this.all[number]);
    if (this.drawn.has(block)) return;
    this.fill(number);
    this.drawn.add(block);
    set(block, true);
  }
}
