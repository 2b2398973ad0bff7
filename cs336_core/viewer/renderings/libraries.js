// The large libraries of the viewer, loaded by the first trace that needs them.

import { loadScript, loadStyle } from "../../ui/loading.js";

/**
 * @typedef {object} Maths
 * @property {(tex: string, element: HTMLElement, display: boolean) => void} render typesets a
 *   formula in an element; throws where it is not accepted
 */

/**
 * @typedef {object} Plots
 * @property {typeof import("./libraries/plots.js").draw} draw
 */

/**
 * What the viewer loads late; each is loaded once.
 * @typedef {{ maths: () => Promise<Maths>, plots: () => Promise<Plots> }} Libraries
 */

/**
 * The libraries of a page: classic scripts and a style sheet that lie beside the viewer's own, since
 * a page opened from disk may load no modules.
 * @param {string} assets the address of their folder, with a slash at its end
 * @returns {Libraries}
 */
export function pageLibraries(assets) {
  return {
    maths: once(async () => {
      await Promise.all([
        loadScript(`${assets}libraries/maths.js`),
        loadStyle(`${assets}maths.css`),
      ]);
      return withOutput(assigned("maths"), "htmlAndMathml");
    }),
    plots: once(async () => {
      await loadScript(`${assets}libraries/plots.js`);
      return assigned("plots");
    }),
  };
}

/**
 * The libraries of a notebook: the text of a module each, which Python hands over. There are no
 * fonts of KaTeX, so formulas are MathML.
 * @param {Record<"maths" | "plots", () => Promise<string>>} sources
 * @returns {Libraries}
 */
export function notebookLibraries(sources) {
  return {
    maths: once(async () => withOutput(await imported(await sources.maths()), "mathml")),
    plots: once(async () => imported(await sources.plots())),
  };
}

/**
 * @param {typeof import("./libraries/maths.js")} maths
 * @param {"htmlAndMathml" | "mathml"} output
 * @returns {Maths}
 */
function withOutput(maths, output) {
  return { render: (tex, element, display) => maths.render(tex, element, display, output) };
}

/**
 * @template T
 * @param {() => Promise<T>} load
 */
function once(load) {
  /** @type {Promise<T> | undefined} */
  let loaded;
  return () => (loaded ??= load());
}

/**
 * What a library's script has assigned.
 * @param {"maths" | "plots"} name
 */
function assigned(name) {
  const library = /** @type {any} */ (globalThis).cs336Libraries?.[name];
  if (!library) throw new Error(`the script of ${name} did not bring it`);
  return library;
}

/** @param {string} source the text of a module */
async function imported(source) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
