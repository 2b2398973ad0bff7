// How long a training run takes and what it costs, with every assumption shown.

import { useMemo, useRef } from "preact/hooks";
import { jsonText, machineRows, pictureSVG } from "./export.js";
import { Machines, Memory, Ratio, ReportedRun } from "./panels.jsx";
import { Assumptions, Formula, resultsOf } from "./results.jsx";
import { runOf } from "./run.js";
import { Settings } from "./settings.jsx";
import { bounded, schema } from "./state.js";
import "./strings.en.js";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { Results } from "../../ui/results.jsx";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { defineView } from "../../ui/view.jsx";
import { describe } from "./text.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function TrainingCalculator(props) {
  const { state, machine, problem, params, activeParams, tokens, known } = bounded(props.state);
  const { n_machines: nMachines, mfu, price, precision } = state;
  const all = useMemo(
    () =>
      state.machines.map(({ key, name, flops_per_second: rates, memory_bytes: memoryBytes }) => {
        const used = precision in rates ? precision : /** @type {string} */ (Object.keys(rates)[0]);
        const plan = {
          params,
          activeParams,
          tokens,
          flopsPerSecond: rates[used] ?? 0,
          memoryBytes,
          nMachines,
          mfu,
          price,
        };
        return { key, machine: name, precision: used, plan, run: runOf(plan) };
      }),
    [state.machines, precision, params, activeParams, tokens, nMachines, mfu, price],
  );
  const here = /** @type {import("./export.js").Result} */ (
    all.find(({ key }) => key === machine.key)
  );
  const { set: change, restore: reset } = props;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const sentence = describe(here.plan, here.run, machine.name);
  const files = {
    json: () => jsonText(state.model, here, all),
    csv: () => toCSV(machineRows(all)),
    svg: () => pictureSVG(here, all, sentence, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div ref={root} class="cs336-calculator" role="group" aria-label={t("calculator.title")}>
      <Results results={resultsOf(here.run)} />
      <Settings state={state} params={params} machine={machine} set={change} />
      {problem && <p class="cs336-error">{problem}</p>}
      <p class="cs336-calculator-status" role="status">
        {sentence}
      </p>
      <p class="cs336-quiet">{t("calculator.try")}</p>
      <div class="cs336-calculator-panels">
        <Formula result={here} />
        <Ratio ratio={here.run.tokensPerParam} />
      </div>
      <ReportedRun model={known} plan={here.plan} />
      <Assumptions result={here} />
      <div class="cs336-calculator-panels">
        <Memory result={here} />
        <Machines all={all} now={machine.key} />
      </div>
      <Toolbar name="training-run" page={props.page} reset={reset} files={files} />
    </div>
  );
}

export default defineView({
  Component: TrainingCalculator,
  schema,
});
