// Self-attention on a sentence: which token attends to which, how each weight is computed, and the output.

import { useMemo, useRef, useState } from "preact/hooks";
import { attend } from "../../browser/model/attention.js";
import { jsonText, pictureSVG, rows } from "./export.js";
import { Legend } from "./legend.jsx";
import { Output } from "./output.jsx";
import { Score } from "./score.jsx";
import { Settings } from "./settings.jsx";
import { bounded, STAGES, schema } from "./state.js";
import "./strings.en.js";
import { Grid } from "../../ui/attention_map/grid.jsx";
import { Choice } from "../../ui/choice.jsx";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { defineView } from "../../ui/view.jsx";
import { cellsOf, describe, describeEmpty, describeSettings, labelOf } from "./text.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "../../ui/attention_map/style.css";
import "./style.css";

/** @typedef {import("./state.js").State} State */

/** With more tokens, the heat map takes the whole width, and the panels are below it. */
const WIDE = 12;

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function AttentionExplorer(props) {
  const state = bounded(props.state);
  const { tokens, q, k, v, head, stage, mask, window, prefix, padding, temperature, scaled } =
    state;
  const attention = useMemo(
    () => attend(q[head] ?? [], k[head] ?? [], v[head] ?? [], state),
    [q, k, v, head, mask, window, prefix, padding, temperature, scaled],
  );
  const names = useMemo(() => tokens.map(labelOf), [tokens]);
  const cells = useMemo(() => cellsOf(attention, stage), [attention, stage]);
  const empty = useMemo(() => attention.allowed.map((row) => !row.some(Boolean)), [attention]);
  const { set: change, restore: reset } = props;
  const [pointed, point] = useState(
    /** @type {{ row: number, column?: number } | undefined} */ (undefined),
  );
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** @param {number} toRow @param {number} toColumn */
  const choose = (toRow, toColumn) => {
    point(undefined);
    change({ row: toRow, column: toColumn });
  };
  // The cell under the pointer, or else the selected one: the whole figure describes this cell.
  const { row, column } = { row: state.row, column: state.column, ...pointed };
  const sentence = [
    describeSettings(state),
    describeEmpty(tokens, empty),
    describe(tokens, attention, row, column, state),
  ]
    .filter(Boolean)
    .join(" ");
  const files = {
    json: () => jsonText(state),
    csv: () => toCSV(rows(state)),
    svg: () =>
      pictureSVG(
        { ...state, row, column },
        attention,
        sentence,
        colorsOf(/** @type {HTMLElement} */ (root.current)),
      ),
  };
  return (
    <div
      ref={root}
      class={`cs336-attention${tokens.length > WIDE ? " cs336-attention-wide" : ""}`}
      role="group"
      aria-label={t("attention.title")}
    >
      <div class="cs336-attention-stages">
        <Choice
          name={t("attention.stage")}
          value={stage}
          set={(value) => change({ stage: value })}
          options={STAGES.map((name) => [name, t(`attention.stage.${name}`)])}
        />
        {q.length > 1 && (
          <Choice
            name={t("attention.head")}
            value={String(head)}
            set={(value) => change({ head: Number(value) })}
            options={q.map((_, i) => [String(i), String(i + 1)])}
          />
        )}
      </div>
      <div class="cs336-attention-figure">
        <Grid
          names={names}
          cells={cells}
          label={t(`attention.stage.${stage}`)}
          padding={padding}
          empty={empty}
          row={state.row}
          column={state.column}
          shown={row * tokens.length + column}
          choose={choose}
          point={point}
        />
        <Legend attention={attention} stage={stage} />
        <Transport
          name={t("attention.row")}
          step={row}
          last={tokens.length - 1}
          from={1}
          valueText={sentence}
          go={(to) => choose(to, state.column)}
        />
        <p class="cs336-attention-status" role="status" aria-live={pointed ? "off" : "polite"}>
          {sentence}
        </p>
        <p class="cs336-quiet">{t("attention.try")}</p>
      </div>
      <div class="cs336-attention-panels cs336-attention-side">
        <Settings state={state} set={change} />
        <Score state={state} attention={attention} row={row} column={column} />
      </div>
      <div class="cs336-attention-panels">
        <Output state={state} attention={attention} row={row} column={column} />
      </div>
      <Toolbar name="attention" page={props.page} reset={reset} files={files} />
    </div>
  );
}

export default defineView({
  Component: AttentionExplorer,
  schema,
});
