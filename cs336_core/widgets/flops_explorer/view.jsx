// Where a Transformer's FLOPs go: attention or MLP, for any model, length and convention.

import { useMemo, useRef, useState } from "preact/hooks";
import { complete, problemOf } from "../../browser/accounting/config.js";
import { byGroup } from "../../browser/accounting/count.js";
import { LONGEST } from "../../browser/accounting/crossover.js";
import { Counting, describeCounting } from "./counting.jsx";
import { counted, crossovers, fractionsOf, overLengths } from "./curves.js";
import { LengthCurve, SizeCurve } from "./curves.jsx";
import { csvRows, jsonText, pictureSVG } from "./export.js";
import { Fold } from "./fold.jsx";
import { ModelSelect, ModelSettings } from "./model.jsx";
import { Formula, ParameterBar, Split } from "./parts.jsx";
import { PresetsStrip } from "./presets_strip.jsx";
import { changed } from "./settings.js";
import { Sizes, Table } from "./sizes.jsx";
import {
  bounded,
  CHANGES,
  CONVENTIONS,
  conventionsOf,
  isChanged,
  modelOf,
  publishedOf,
  schema,
  UNCHANGED,
} from "./state.js";
import "./strings.en.js";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { urlTraits } from "../../ui/state.js";
import { formatNumber, t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { defineView } from "../../ui/view.jsx";
import { Sweep } from "./sweep.jsx";
import { describe, describeCrossover, describeProblem, titleOf } from "./text.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/operations.js").Group} Group */

/**
 * The requested model, its problem if it is invalid, and the model to show: the requested one, or else
 * the last valid one.
 * @param {State} state
 */
function useModel(state) {
  const last = useRef(UNCHANGED);
  return useMemo(() => {
    const changes = /** @type {typeof UNCHANGED} */ (
      Object.fromEntries(CHANGES.map((name) => [name, state[name]]))
    );
    const requested = changed(publishedOf(state), changes);
    const problem = problemOf(requested);
    if (!problem) last.current = changes;
    const shown =
      [last.current, UNCHANGED].find((known) => modelOf({ ...state, ...known })) ?? changes;
    const model = modelOf({ ...state, ...shown });
    return {
      requested,
      problem,
      shown,
      config: model?.config ?? requested,
      stretched: model?.stretched,
    };
  }, [state.preset, state.own, state.seq_len, state.phase, ...CHANGES.map((name) => state[name])]);
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function FlopsExplorer(props) {
  const { state: given, published } = props;
  const set = bounded(given, published.preset);
  const { requested, problem, shown, config, stretched } = useModel(set);
  const state = { ...set, ...shown };
  const decode = state.phase === "decode";
  const conventions = useMemo(
    () => conventionsOf(state),
    [state.unit, state.pairs, state.head, state.work, state.elementwise],
  );
  const model = useMemo(() => complete(config), [config]);
  const rows = useMemo(
    () => counted(config, state.seq_len, conventions, decode),
    [config, state.seq_len, conventions, decode],
  );
  const modelKey = JSON.stringify({ ...config, context_length: 0 });
  const curve = useMemo(
    () => overLengths(config, conventions, decode),
    [modelKey, conventions, decode],
  );
  const crossings = useMemo(
    () => crossovers(config, conventions, decode),
    [modelKey, conventions, decode],
  );
  const fractions = useMemo(() => fractionsOf(rows), [rows]);
  const sums = byGroup(rows);
  const { set: change, restore: reset } = props;
  const [playing, play] = useState(false);
  const [explained, explain] = useState(false);
  const [pointed, point] = useState(/** @type {Group | undefined} */ (undefined));
  const wasCountedOtherwise = CONVENTIONS.some((name) => published[name] !== schema[name].default);
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** @param {Partial<State>} changes */
  const choose = (changes) => {
    play(false);
    change(changes);
  };
  const resetAll = () => {
    play(false);
    reset();
  };
  const now = urlTraits(schema).some((name) => name !== "part" && given[name] !== published[name]);
  const experts = model.experts !== undefined;
  const sentence = problem
    ? `${describeProblem(problem)} ${t("flops.problem.shown", { title: titleOf(state) })}`
    : describe(state, sums.all, fractions, experts, now);
  const group = pointed ?? state.part;
  const crossed = /** @type {const} */ (["attention", "scores"]).map((kind) =>
    describeCrossover(kind, crossings[kind], model.d_model, LONGEST, experts),
  );
  const files = {
    json: () => jsonText(state, config, rows, curve, crossings),
    csv: () => toCSV(csvRows(rows)),
    svg: () =>
      pictureSVG(
        state,
        rows,
        curve,
        crossings,
        experts,
        `${sentence} ${crossed.join(" ")}`,
        colorsOf(/** @type {HTMLElement} */ (root.current)),
      ),
  };
  return (
    <div ref={root} class="cs336-flops" role="group" aria-label={t("flops.title")}>
      <div class="cs336-flops-question">
        <ModelSelect state={set} set={choose} />
        <Sweep
          name={t(decode ? "flops.cached" : "flops.seq_len")}
          length={state.seq_len}
          set={(seq_len) => change({ seq_len })}
          playing={playing}
          play={play}
        />
      </div>
      <p
        class={`cs336-flops-status${problem ? " cs336-error" : ""}`}
        role="status"
        aria-live={playing ? "off" : "polite"}
      >
        {sentence}
      </p>
      <Split
        state={state}
        rows={rows}
        experts={experts}
        now={group}
        point={point}
        choose={(part) => {
          explain(true);
          choose({ part });
        }}
      />
      <div class="cs336-flops-play">
        <LengthCurve
          state={state}
          curve={curve}
          crossings={crossings}
          fractions={fractions}
          width={model.d_model}
          experts={experts}
          set={choose}
        />
        <ModelSettings state={set} model={complete(requested)} problem={problem} set={choose} />
      </div>
      <p class="cs336-quiet cs336-flops-try">{t("flops.try")}</p>
      <PresetsStrip
        shown={isChanged(state) ? undefined : state.preset}
        choose={(preset) => choose({ ...UNCHANGED, preset })}
      />
      <div class="cs336-flops-folds">
        <Fold title={t("flops.counting")} note={describeCounting(state)} open={wasCountedOtherwise}>
          <Counting state={state} set={choose} />
        </Fold>
        <Fold title={t("flops.more")} open={explained}>
          <div class="cs336-flops-panels">
            <SizeCurve
              state={state}
              conventions={conventions}
              fractions={fractions}
              params={Number(byGroup(rows, "params").all)}
            />
            <div class="cs336-flops-sizing">
              <Formula state={state} rows={rows} group={group} experts={experts} />
              <ParameterBar
                rows={rows}
                experts={experts}
                now={group}
                point={point}
                choose={(part) => choose({ part })}
              />
              <Sizes state={state} config={config} />
              {stretched && (
                <p class="cs336-quiet cs336-flops-stretched">
                  {t("flops.stretched", { n: formatNumber(stretched) })}
                </p>
              )}
            </div>
          </div>
        </Fold>
        <Fold title={t("flops.table")}>
          <Table state={state} rows={rows} experts={experts} />
        </Fold>
      </div>
      <Toolbar name="flops" page={props.page} reset={resetAll} files={files} />
    </div>
  );
}

export default defineView({ Component: FlopsExplorer, schema });
