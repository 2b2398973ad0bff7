// Typesets the formulas of a rendering, once KaTeX is there. Till then, and where KaTeX does not
// accept one, its TeX is shown.

import { TEX, TEX_DISPLAY } from "./tex.js";

/** Characters of a formula that is typeset, and of one that may be wider than its place. */
const LONGEST = 10_000;
const LONG = 60;
/** Formulas of a rendering that are typeset; more stay TeX. */
const MANY = 2_000;
/** Milliseconds of typesetting at a time. */
const SLICE = 50;

/** Typesets one rendering after the other, and lets the page draw in between. */
export class Typesetter {
  /** @param {import("./libraries.js").Libraries} libraries */
  constructor(libraries) {
    this.libraries = libraries;
    /** @type {Promise<void>} what is being typeset */
    this.queue = Promise.resolve();
    this.end = 0; // when the page is to draw again
  }

  /**
   * Typesets the formulas of an element; loads KaTeX if there are any.
   * @param {HTMLElement} element
   */
  add(element) {
    const formulas = [...element.querySelectorAll(`code.${TEX}`)].slice(0, MANY);
    if (formulas.length > 0) this.queue = this.queue.then(() => this.typeset(formulas));
  }

  /** @param {Element[]} formulas */
  async typeset(formulas) {
    let maths;
    try {
      maths = await this.libraries.maths();
    } catch {
      return; // the TeX is there to be read
    }
    for (const formula of formulas) {
      if (performance.now() > this.end) {
        await new Promise((resolve) => setTimeout(resolve));
        this.end = performance.now() + SLICE;
      }
      typesetOne(formula, maths);
    }
  }
}

/**
 * @param {Element} formula
 * @param {import("./libraries.js").Maths} maths
 */
function typesetOne(formula, maths) {
  const tex = formula.textContent ?? "";
  if (tex.length > LONGEST) return;
  const display = formula.classList.contains(TEX_DISPLAY);
  const typeset = document.createElement("span");
  typeset.className = display ? "cs336-formula-display" : "cs336-formula";
  if (display && tex.length > LONG) typeset.tabIndex = 0; // to scroll it with the keyboard
  try {
    maths.render(tex, typeset, display);
    formula.replaceWith(typeset);
  } catch (error) {
    formula.setAttribute("title", error instanceof Error ? error.message : String(error));
  }
}
