// KaTeX for the viewer, loaded for a trace with formulas.

import katex from "katex";

/** @typedef {{ attributes?: Record<string, string>, children?: Node[], toNode(): globalThis.Node }} Node */

const STYLE = "data-cs336-style";

/**
 * Typesets a formula in an element; throws if KaTeX rejects it.
 * @param {string} tex
 * @param {HTMLElement} element
 * @param {boolean} display
 * @param {"htmlAndMathml" | "mathml"} output the second needs neither fonts nor a style sheet
 */
export function render(tex, element, display, output) {
  const tree = /** @type {any} */ (katex).__renderToDomTree(tex, {
    displayMode: display,
    output,
    trust: false,
    strict: "ignore",
    maxExpand: 1000,
    maxSize: 20,
    throwOnError: true,
  });
  moveStyles(tree);
  element.replaceChildren(tree.toNode());
  for (const styled of element.querySelectorAll(`[${STYLE}]`)) {
    /** @type {HTMLElement} */ (styled).style.cssText = styled.getAttribute(STYLE) ?? "";
    styled.removeAttribute(STYLE);
  }
}

/**
 * Moves KaTeX's style attributes aside, since the page's content security policy forbids them.
 * @param {Node} node
 */
function moveStyles({ attributes, children }) {
  if (attributes?.style !== undefined) {
    attributes[STYLE] = attributes.style;
    delete attributes.style;
  }
  for (const child of children ?? []) moveStyles(child);
}
