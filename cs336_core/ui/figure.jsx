// The frame of a figure: what it shows and its controls, a sentence, what to try, the toolbar.

import { useRef } from "preact/hooks";
import { colorsOf } from "./colors.js";
import { Toolbar } from "./toolbar.jsx";

/**
 * @param {{ name: string, title: string, sentence: string, hint: string, json: () => string, csv: () => string,
 *   svg: (color: (name: string) => string) => string, page: import("./view.jsx").PageHost | undefined,
 *   reset: () => void, children: import("preact").ComponentChildren }} props
 *   `name`: of the style sheet's class and of saved files; `hint`: what to try; `svg`: draws the picture
 *   with the page's colors
 */
export function Figure({ name, title, sentence, hint, json, csv, svg, page, reset, children }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const files = {
    json,
    csv,
    svg: () => svg(colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div ref={root} class={`cs336-chart-figure cs336-${name}`} role="group" aria-label={title}>
      {children}
      <p class="cs336-chart-status" role="status">
        {sentence}
      </p>
      <p class="cs336-quiet">{hint}</p>
      <Toolbar name={name} page={page} reset={reset} files={files} />
    </div>
  );
}
