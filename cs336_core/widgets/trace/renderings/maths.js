// Typesets the formulas of a rendering, once KaTeX is there. Till then, and where KaTeX does not
// accept one, its TeX is shown.

import { TEX, TEX_DISPLAY } from "./tex.js";

/** Characters of a formula that is typeset, and of one that may be wider than its place. */
const LONGEST = 10_000;
const LONG = 60;

/**
 * Typesets what is to be typeset in an element; loads KaTeX if there is any.
 * @param {HTMLElement} element
 * @param {import("./libraries.js").Libraries} libraries
 */
export async function typeset(element, libraries) {
  const formulas = [...element.querySelectorAll(`code.${TEX}`)];
  if (formulas.length === 0) return;
  let maths;
  try {
    maths = await libraries.maths();
  } catch {
    return; // the TeX is there to be read
  }
  for (const formula of formulas) {
    const tex = formula.textContent;
    if (tex.length > LONGEST) continue;
    const display = formula.classList.contains(TEX_DISPLAY);
    const typesetFormula = document.createElement("span");
    typesetFormula.className = display ? "cs336-formula-display" : "cs336-formula";
    if (display && tex.length > LONG) typesetFormula.tabIndex = 0; // to scroll it with the keyboard
    try {
      maths.render(tex, typesetFormula, display);
      formula.replaceWith(typesetFormula);
    } catch (error) {
      formula.setAttribute("title", error instanceof Error ? error.message : String(error));
    }
  }
}
