// A figure with one chart: large numbers, the chart, its controls.

import { Chart } from "./chart.jsx";
import { chartSVG } from "./chart_picture.js";
import { toCSV } from "./export.js";
import { Figure } from "./figure.jsx";
import { Results } from "./results.jsx";

/**
 * @param {{ name: string, title: string, results: readonly (readonly [name: string, value: string])[],
 *   chart: import("./chart_picture.js").PaintedChart, sentence: string, hint: string,
 *   data: () => { settings: object, rows: Record<string, string | number>[] },
 *   pick?: (x: number) => void, page: import("./view.jsx").PageHost | undefined, reset: () => void,
 *   children: import("preact").ComponentChildren }} props
 *   `children`: the controls; `pick`: called with a position on the horizontal axis while the pointer
 *   drags in the chart
 */
export function ChartFigure({ results, chart, data, pick, children, ...frame }) {
  return (
    <Figure
      {...frame}
      json={() => `${JSON.stringify(data(), undefined, 2)}\n`}
      csv={() => toCSV(data().rows)}
      svg={(color) => chartSVG(chart, results, frame.sentence, color)}
    >
      <Results results={results} />
      <Chart {...chart} description={frame.sentence} {...(pick && { pick })} />
      <div class="cs336-chart-controls">{children}</div>
    </Figure>
  );
}
