// Loads the viewer's large libraries when a trace first needs them.

import { loadScript, loadStyle } from "../../ui/loading.js";

/**
 * @typedef {object} Maths
 * @property {(tex: string, element: HTMLElement, display: boolean) => void} render typesets a
 *   formula in an element; throws if KaTeX rejects it
 */

/**
 * @typedef {object} Plots
 * @property {typeof import("./libraries/plots.js").draw} draw
 */

/** @typedef {ReturnType<typeof import("../../ui/view.jsx").defineView>} View */

/**
 * The libraries; each is loaded once, on first use. `view`: the view of an interactive figure of the
 * course, by its name.
 * @typedef {{ maths: () => Promise<Maths>, plots: () => Promise<Plots>,
 *   view: (name: string) => Promise<View> }} Libraries
 */

/**
 * The libraries of a page: classic scripts and a style sheet next to the viewer's own, because a page
 * opened from disk cannot load modules. A page that is one file has them in it.
 * @param {string} assets the address of their folder, ending in a slash
 * @returns {Libraries}
 */
export function pageLibraries(assets) {
  /** @type {Map<string, Promise<View>>} */
  const views = new Map();
  return {
    view: (name) => {
      const view = views.get(name) ?? loadView(name, `${assets}../_static/widgets/`);
      views.set(name, view);
      return view;
    },
    maths: once(async () => {
      if (!isAssigned("maths"))
        await Promise.all([
          loadScript(`${assets}libraries/maths.js`),
          loadStyle(`${assets}maths.css`),
        ]);
      return withOutput(assignedLibrary("maths"), "htmlAndMathml");
    }),
    plots: once(async () => {
      if (!isAssigned("plots")) await loadScript(`${assets}libraries/plots.js`);
      return assignedLibrary("plots");
    }),
  };
}

/**
 * The libraries of a notebook: module sources that Python sends. KaTeX's fonts are missing there, so
 * formulas are MathML.
 * @param {Record<"maths" | "plots", () => Promise<string>>} sources
 * @returns {Libraries}
 */
export function notebookLibraries(sources) {
  return {
    maths: once(async () => withOutput(await importSource(await sources.maths()), "mathml")),
    plots: once(async () => importSource(await sources.plots())),
    view: async (name) => {
      throw new Error(`the view ${name} is a script of the site, which a notebook does not have`);
    },
  };
}

/**
 * The view of a figure: the site's script assigns it.
 * @param {string} name
 * @param {string} folder its address
 * @returns {Promise<View>}
 */
async function loadView(name, folder) {
  const views = () => /** @type {any} */ (globalThis).cs336Widgets ?? {};
  if (!views()[name])
    await Promise.all([loadStyle(`${folder}${name}.css`), loadScript(`${folder}${name}.js`)]);
  if (!views()[name]) throw new Error(`the script of ${name} did not define the view`);
  return views()[name];
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

/** @param {"maths" | "plots"} name */
const isAssigned = (name) => /** @type {any} */ (globalThis).cs336Libraries?.[name] !== undefined;

/**
 * The library that its script assigned.
 * @param {"maths" | "plots"} name
 */
function assignedLibrary(name) {
  const library = /** @type {any} */ (globalThis).cs336Libraries?.[name];
  if (!library) throw new Error(`the script of ${name} did not define the library`);
  return library;
}

/** @param {string} source the text of a module */
async function importSource(source) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
