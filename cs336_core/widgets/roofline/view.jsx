// What bounds the operations of a model on a machine: compute, or memory bandwidth.

import { useMemo, useRef, useState } from "preact/hooks";
import { ridgeOf } from "../../browser/accounting/roofline.js";
import { Capacity, Details, Table, Why } from "./details.jsx";
import { jsonText, pictureSVG, pointRows } from "./export.js";
import { memoryOf, pointOf, pointsOf } from "./operations.js";
import { Plot } from "./plot.jsx";
import { Rows } from "./rows.jsx";
import { decadesOf } from "./scale.js";
import { Settings } from "./settings.jsx";
import { bounded, schema } from "./state.js";
import "./strings.en.js";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { defineView } from "../../ui/view.jsx";
import { describe } from "./text.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./operations.js").Point} Point */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function Roofline(props) {
  const { state, model, machine, problem } = bounded(props.state);
  const { batch, context, precision, phase, operation } = state;
  const points = useMemo(
    () => pointsOf(state, model.config, machine),
    [batch, context, precision, state.moved, model, machine],
  );
  const memory = memoryOf(state, model.config, machine);
  const ridge = ridgeOf(machine, precision);
  const decades = decadesOf([ridge, ...points.map(({ intensity }) => intensity)]);
  const [seen, look] = useState(
    /** @type {Pick<Point, "kind" | "phase"> | undefined} */ (undefined),
  );
  const shown = pointOf(points, seen?.kind ?? operation, seen?.phase ?? phase);
  const { set: change, restore: reset } = props;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** @param {Point} point */
  const choose = (point) => change({ operation: point.kind, phase: point.phase });
  const sentence = describe(state, pointOf(points, "whole", phase), memory, machine);
  const peak = machine.flops_per_second[precision] ?? 0;
  const files = {
    json: () => jsonText(state, machine, points, memory),
    csv: () => toCSV(pointRows(points)),
    svg: () =>
      pictureSVG(
        model.title,
        machine,
        precision,
        points,
        decades,
        sentence,
        colorsOf(/** @type {HTMLElement} */ (root.current)),
      ),
  };
  return (
    <div ref={root} class="cs336-roofline" role="group" aria-label={t("roofline.title")}>
      <Plot
        machine={machine}
        precision={precision}
        points={points}
        decades={decades}
        shown={shown}
        look={look}
        choose={choose}
      />
      <Rows
        state={state}
        points={points}
        ridge={ridge}
        decades={decades}
        shown={shown}
        look={look}
        choose={choose}
      />
      <Settings state={state} model={model} machine={machine} set={change} />
      {problem && <p class="cs336-error">{problem}</p>}
      <p class="cs336-roofline-status" role="status">
        {sentence}
      </p>
      <p class="cs336-quiet">{t("roofline.try")}</p>
      <div class="cs336-roofline-panels">
        <Details point={shown} points={points} peak={peak} />
        <Capacity state={state} points={points} memory={memory} machine={machine} />
      </div>
      <Why state={state} points={points} machine={machine} config={model.config} />
      <Table points={points} />
      <Toolbar name="roofline" page={props.page} reset={reset} files={files} />
    </div>
  );
}

export default defineView({ Component: Roofline, schema });
