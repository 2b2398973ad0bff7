// FlashAttention's forward pass, tile by tile: what is in fast memory, what is read and written, and
// how the softmax of a row is updated before all of its scores are known.

import { useMemo, useRef } from "preact/hooks";
import { flashSteps } from "../../browser/model/flash_steps.js";
import { within } from "../../ui/state.js";
import { jsonText, pictureSVG, tileRows } from "./export.js";
import { Grid, Legend } from "./grid.jsx";
import { Memory, TrafficPanel } from "./memory.jsx";
import { RowPanel, Rows } from "./rows.jsx";
import { bounded, inputsOf, largestTile, needed, schema, shapeOf, widthsOf } from "./state.js";
import "./strings.en.js";
import { skippedTiles } from "../../browser/model/flash_tiles.js";
import { flashTraffic, inAll, moved, naiveTraffic } from "../../browser/model/memory_io.js";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { Slider } from "../../ui/slider.jsx";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { defineView } from "../../ui/view.jsx";
import { describe } from "./text.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */

/**
 * The size of fast memory, which decides how large a tile can be.
 * @param {{ state: State, widths: import("./layout.js").Widths, set: (changes: Partial<State>) => void }} props
 */
function Capacity({ state: { capacity, seq_len: n }, widths, set }) {
  return (
    <Slider
      name={t("flash.capacity")}
      value={capacity}
      min={needed(1, 1, widths)}
      max={Math.max(capacity, needed(n, n, widths))}
      set={(to) => {
        const side = largestTile(to, n, widths);
        set({ capacity: to, query_tile: side, key_tile: side });
      }}
    />
  );
}

/** @param {{ state: State, set: (changes: Partial<State>) => void }} props */
function Settings({ state, set }) {
  const { seq_len: n } = state;
  return (
    <div class="cs336-flash-settings">
      <Slider
        name={t("flash.seq_len")}
        value={n}
        min={1}
        max={state.query_vectors.length}
        set={(value) => set({ seq_len: value })}
      />
      <Slider
        name={t("flash.query_tile")}
        value={state.query_tile}
        min={1}
        max={n}
        set={(value) => set({ query_tile: value })}
      />
      <Slider
        name={t("flash.key_tile")}
        value={state.key_tile}
        min={1}
        max={n}
        set={(value) => set({ key_tile: value })}
      />
      <label>
        <input
          type="checkbox"
          checked={state.causal}
          onChange={(event) => set({ causal: event.currentTarget.checked })}
        />
        {t("flash.causal")}
      </label>
    </div>
  );
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function FlashStepper(props) {
  const state = bounded(props.state);
  const {
    query_vectors: queries,
    key_vectors: keys,
    value_vectors: values,
    seq_len: n,
    query_tile: queryTile,
    key_tile: keyTile,
    causal,
  } = state;
  const shape = useMemo(() => shapeOf(state), [n, queryTile, keyTile, causal]);
  const inputs = useMemo(() => inputsOf(state), [queries, keys, values, n]);
  const steps = useMemo(() => flashSteps(inputs, shape), [inputs, shape]);
  const traffic = useMemo(() => flashTraffic(steps), [steps]);
  const skipped = useMemo(() => skippedTiles(shape).length, [shape]);
  const widths = useMemo(() => widthsOf(state), [queries, values]);
  const { d, width } = widths;
  const naive = inAll(naiveTraffic(n, d, width));
  const flash = /** @type {import("../../browser/model/memory_io.js").Traffic} */ (traffic.at(-1));
  const step = within(state.step, 0, steps.length);
  const current = steps[step - 1];
  const first = /** @type {import("../../browser/model/flash_steps.js").Step} */ (steps[0]);
  const { rows } = current ?? first; // before the first tile is read, its rows reserve the space
  const row = Math.min(state.row, rows.length - 1);
  const selected = /** @type {import("../../browser/model/flash_steps.js").RowStep} */ (rows[row]);
  const { set: change, restore: reset } = props;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const sentence = describe(steps, step, skipped, flash, naive);
  const files = {
    json: () => jsonText(state, inputs, steps, naive),
    csv: () => toCSV(tileRows(steps)),
    svg: () =>
      pictureSVG(
        shape,
        widths,
        steps,
        step,
        naive,
        sentence,
        colorsOf(/** @type {HTMLElement} */ (root.current)),
      ),
  };
  return (
    <div ref={root} class="cs336-flash" role="group" aria-label={t("flash.title")}>
      <div class="cs336-flash-stage">
        <Grid
          shape={shape}
          widths={widths}
          steps={steps}
          step={step}
          skipped={skipped}
          row={current && selected.query}
          moved={moved(traffic[step] ?? flash)}
          held={current ? needed(rows.length, selected.scores.length, widths) : 0}
          capacity={state.capacity}
        />
        <Transport
          name={t("flash.tiles")}
          step={step}
          last={steps.length}
          valueText={sentence}
          go={(to) => change({ step: to })}
        />
        <Capacity state={state} widths={widths} set={change} />
        <p class="cs336-flash-status" role="status">
          {sentence}
        </p>
      </div>
      <div class="cs336-flash-side">
        <Memory current={current} next={first} d={d} n={n} />
        <TrafficPanel sofar={traffic[step] ?? flash} flash={flash} naive={naive} />
      </div>
      <div class="cs336-flash-controls">
        <p class="cs336-quiet">{t("flash.try")}</p>
        <Settings state={state} set={change} />
        <Legend />
      </div>
      <div class="cs336-flash-detail">
        {!current && <p class="cs336-quiet">{t("flash.rows.none")}</p>}
        <div class="cs336-flash-panels" style={{ visibility: current ? "visible" : "hidden" }}>
          <Rows rows={rows} row={row} maxRows={queryTile} choose={(to) => change({ row: to })} />
          <RowPanel row={selected} maxScores={keyTile} />
        </div>
      </div>
      <Toolbar name="flash-attention" page={props.page} reset={reset} files={files} />
    </div>
  );
}

export default defineView({ Component: FlashStepper, schema });
