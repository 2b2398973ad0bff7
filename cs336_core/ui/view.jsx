// A view is a Preact component that renders a model's state and calls back; this wraps it in a module
// that both anywidget (in JupyterLab) and the page's host (host.js) can mount.

import { render } from "preact";
import { useReducer } from "preact/hooks";
import { urlTraits } from "./state.js";
import { t } from "./strings.js";

/**
 * @typedef {object} Model the part of anywidget's model that views use
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(name: string, callback: () => void) => void} on
 * @property {(name: string, callback: () => void) => void} off
 */

/**
 * @typedef {object} PageHost what a static page can do that a notebook cannot
 * @property {() => string} link the address of this figure with the reader's settings in it
 * @property {Record<string, any>} defaults the settings as published
 */

/**
 * @template State
 * @typedef {object} ViewProps
 * @property {State} state
 * @property {State} published the initial state, without the settings from the page's URL
 * @property {(changes: Partial<State>) => void} set
 * @property {() => void} restore resets the traits in the page's URL to their published values
 * @property {PageHost | undefined} page undefined in a notebook
 */

/**
 * Makes an anywidget module from a component.
 * @template {object} State
 * @param {object} view
 * @param {(props: ViewProps<State>) => import("preact").ComponentChild} view.Component
 * @param {import("./state.js").Schema} view.schema the traits that the component reads
 */
export function defineView({ Component, schema }) {
  const traits = Object.keys(schema);
  const url = urlTraits(schema);
  return {
    schema,
    url,
    /** @param {{ model: Model, el: HTMLElement, page?: PageHost }} context */
    render({ model, el, page }) {
      el.classList.add("cs336");
      /** @param {Partial<State>} changes */
      const set = (changes) => {
        for (const [name, value] of Object.entries(changes)) model.set(name, value);
        model.save_changes();
      };
      const state = () =>
        /** @type {State} */ (Object.fromEntries(traits.map((name) => [name, model.get(name)])));
      const published = /** @type {State} */ ({ ...state(), ...page?.defaults });
      const restore = () =>
        set(
          /** @type {Partial<State>} */ (
            Object.fromEntries(
              url.map((name) => [name, published[/** @type {keyof State} */ (name)]]),
            )
          ),
        );
      // The view redraws through Preact's state, never synchronously: the model may be changed by an
      // effect that runs during a render, and nested renders leave two figures.
      /** @type {(action: void) => void} */
      let redraw = () => {};
      const Live = () => {
        [, redraw] = useReducer((/** @type {number} */ times) => times + 1, 0);
        return (
          <Component
            state={state()}
            published={published}
            set={set}
            restore={restore}
            page={page}
          />
        );
      };
      const changed = () => redraw();
      // Otherwise JupyterLab handles arrow keys and Space, and moves between cells.
      /** @param {Event} event */
      const hideFromNotebook = (event) => event.stopPropagation();
      el.addEventListener("keydown", hideFromNotebook);
      for (const name of traits) model.on(`change:${name}`, changed);
      try {
        render(<Live />, el);
      } catch (error) {
        el.textContent = t("view.failed", { error: String(error) });
        throw error;
      }
      return () => {
        for (const name of traits) model.off(`change:${name}`, changed);
        el.removeEventListener("keydown", hideFromNotebook);
        render(null, el);
      };
    },
  };
}
