// A figure with one chart: large numbers, the chart, its controls, a sentence, the toolbar.

import { useRef } from "preact/hooks";
import { Chart } from "./chart.jsx";
import { chartSVG } from "./chart_picture.js";
import { colorsOf } from "./colors.js";
import { toCSV } from "./export.js";
import { Results } from "./results.jsx";
import { Toolbar } from "./toolbar.jsx";

/**
 * @param {{ name: string, title: string, results: readonly (readonly [name: string, value: string])[],
 *   chart: import("./chart_picture.js").PaintedChart, sentence: string, hint: string,
 *   data: () => { settings: object, rows: Record<string, string | number>[] },
 *   pick?: (x: number) => void, page: import("./view.jsx").PageHost | undefined, reset: () => void,
 *   children: import("preact").ComponentChildren }} props
 *   `name`: of the style sheet's class and of saved files; `children`: the controls; `hint`: what to
 *   try; `pick`: called with a position on the horizontal axis while the pointer drags in the chart
 */
export function ChartFigure({
  name,
  title,
  results,
  chart,
  sentence,
  hint,
  data,
  pick,
  page,
  reset,
  children,
}) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const files = {
    json: () => `${JSON.stringify(data(), undefined, 2)}\n`,
    csv: () => toCSV(data().rows),
    svg: () =>
      chartSVG(
        chart,
        results,
        sentence,
        colorsOf(/** @type {HTMLElement} */ (root.current?.closest(".cs336") ?? root.current)),
      ),
  };
  return (
    <div ref={root} class={`cs336-chart-figure cs336-${name}`} role="group" aria-label={title}>
      <Results results={results} />
      <Chart {...chart} description={sentence} {...(pick && { pick })} />
      <div class="cs336-chart-controls">{children}</div>
      <p class="cs336-chart-status" role="status">
        {sentence}
      </p>
      <p class="cs336-quiet">{hint}</p>
      <Toolbar name={name} page={page} reset={reset} files={files} />
    </div>
  );
}
