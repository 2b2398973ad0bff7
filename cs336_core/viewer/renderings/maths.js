// Typesets the formulas of a rendering once KaTeX is loaded. Until then, and for a formula that KaTeX
// rejects, the TeX is shown.

import { TEX, TEX_DISPLAY } from "./tex.js";

/** Characters of a formula that is typeset, and of one that may need to scroll. */
const MAX_LENGTH = 10_000;
const LONG = 60;
/** Formulas of a rendering that are typeset; the others stay TeX. */
const MAX_FORMULAS = 2_000;
/** Milliseconds of typesetting at a time. */
const SLICE = 50;

/** Typesets one rendering after another, and lets the page draw in between. */
export class Typesetter {
  /** @param {import("./libraries.js").Libraries} libraries */
  constructor(libraries) {
    this.libraries = libraries;
    /** @type {Promise<void>} resolves when all renderings so far are typeset */
    this.queue = Promise.resolve();
    this.end = 0; // when to let the page draw again
  }

  /**
   * Typesets the formulas of an element; loads KaTeX if there are any.
   * @param {HTMLElement} element
   */
  add(element) {
    const formulas = [...element.querySelectorAll(`code.${TEX}`)].slice(0, MAX_FORMULAS);
    if (formulas.length > 0) this.queue = this.queue.then(() => this.typeset(formulas));
  }

  /** @param {Element[]} formulas */
  async typeset(formulas) {
    let maths;
    try {
      maths = await this.libraries.maths();
    } catch {
      return; // the TeX stays readable
    }
    for (const formula of formulas) {
      if (performance.now() > this.end) {
        await new Promise((resolve) => setTimeout(resolve));
        this.end = performance.now() + SLICE;
      }
      typesetFormula(formula, maths);
    }
  }
}

/**
 * @param {Element} formula
 * @param {import("./libraries.js").Maths} maths
 */
function typesetFormula(formula, maths) {
  const tex = formula.textContent ?? "";
  if (tex.length > MAX_LENGTH) return;
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
