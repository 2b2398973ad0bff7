// The heads of a small trained Transformer on the reader's own sentence: one head as arcs and as a map.

import { useMemo, useRef, useState } from "preact/hooks";
import { rowOf } from "../../browser/model/transformer/matrix.js";
import { weightCell } from "../../ui/attention_map/cells.js";
import { Grid } from "../../ui/attention_map/grid.jsx";
import { colorsOf } from "../../ui/colors.js";
import { Input } from "../../ui/live_model/input.jsx";
import { EXAMPLES } from "../../ui/live_model/limits.js";
import { useSentence, useSmallModel } from "../../ui/live_model/use_sentence.js";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { useAfterPaint } from "../../ui/use_after_paint.js";
import { useWidth } from "../../ui/use_width.js";
import { defineView } from "../../ui/view.jsx";
import { Arcs } from "./arcs.jsx";
import { csvText, jsonText, pictureSVG } from "./export.js";
import { Finder } from "./finder.jsx";
import { HeadList } from "./head_list.jsx";
import { layoutOf } from "./layout.js";
import { schema, settingOf } from "./state.js";
import { describe, describeFound, nameOf, strongestKey } from "./text.js";
import { useHeads } from "./use_heads.js";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "../../ui/live_model/style.css";
import "../../ui/attention_map/style.css";
import "./style.css";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./use_heads.js").Shown} Shown */

/** With more tokens, the map takes the whole width. */
const MANY = 16;
/** No row of the map is without a key. @type {boolean[]} */
const EMPTY = [];

/** @typedef {{ row: number, column?: number }} Cell */

/**
 * The head as a map, and every other head.
 * @param {{ shown: Shown, pointed: Cell | undefined, chosen: number | undefined,
 *   choose: (row: number, column?: number) => void, point: (cell: Cell | undefined) => void,
 *   set: (changes: Partial<State>) => void }} props `chosen`: the key of the selected query, if not its strongest
 */
function Maps({ shown, pointed, chosen, choose, point, set }) {
  const { labels, pass, headIndex, position, weights } = shown;
  const cells = useMemo(
    () =>
      labels.map((_, i) => Array.from(rowOf(weights, i), (weight, j) => weightCell(weight, j > i))),
    [labels, weights],
  );
  const heads = useMemo(
    () => (
      <HeadList
        pass={pass}
        position={position}
        chosen={headIndex}
        choose={(to) => set({ head: settingOf(to) })}
      />
    ),
    [pass, position, headIndex],
  );
  const n = labels.length;
  const own = Math.min(chosen ?? strongestKey(weights, position), n - 1);
  const row = Math.min(pointed?.row ?? position, n - 1);
  const column = pointed?.column ?? (row === position ? own : strongestKey(weights, row));
  const title = t("heads.weights", { head: nameOf(headIndex) });
  return (
    <div class="cs336-heads-both" data-many={n > MANY || undefined}>
      <Panel kind="heads-weights" title={title}>
        <Grid
          names={labels}
          cells={cells}
          label={title}
          padding={0}
          empty={EMPTY}
          row={position}
          column={own}
          shown={row * n + column}
          choose={choose}
          point={point}
        />
      </Panel>
      <Panel kind="heads-others" title={t("heads.all")}>
        <p class="cs336-quiet">{t("heads.all.hint")}</p>
        {heads}
      </Panel>
    </div>
  );
}

/** @param {{ shown: Shown, set: (changes: Partial<State>) => void }} props */
function Figure({ shown, set }) {
  const { labels, isCut, pass, found, headIndex, target, position, weights } = shown;
  const room = useRef(/** @type {HTMLDivElement | null} */ (null));
  const width = useWidth(room);
  const layout = useMemo(() => layoutOf(labels, width), [labels, width]);
  const [pointed, point] = useState(/** @type {Cell | undefined} */ (undefined));
  const [chosen, setChosen] = useState(/** @type {number | undefined} */ (undefined));
  const drawn = useAfterPaint(shown);
  // The token under the pointer, or else the selected one: the whole figure describes this query.
  const query = Math.min(pointed?.row ?? position, labels.length - 1);
  /** @param {number} to @param {number} [key] */
  const choose = (to, key) => {
    point(undefined);
    setChosen(key);
    set({ position: to === labels.length - 1 ? 0 : to + 1 });
  };
  const nHeads = pass.blocks.length * Number(pass.blocks[0]?.attention.heads.length);
  return (
    <>
      <Finder found={found} target={target} find={(to) => set({ target: to, head: "" })} />
      <div ref={room} class="cs336-heads-room">
        {width > 0 && (
          <Arcs
            layout={layout}
            labels={labels}
            row={rowOf(weights, query)}
            query={query}
            selected={position}
            description={t("heads.arcs", { head: nameOf(headIndex), token: labels[query] ?? "" })}
            choose={choose}
            point={point}
          />
        )}
      </div>
      <p class="cs336-heads-status" role="status" aria-live={pointed ? "off" : "polite"}>
        {describe(headIndex, labels, weights, query)}{" "}
        {describeFound(headIndex, found, target, nHeads)}
      </p>
      <p class="cs336-quiet">
        {t("heads.try")} {isCut && t("live.cut", { n: labels.length })}
      </p>
      <Maps
        shown={drawn}
        pointed={pointed}
        chosen={chosen}
        choose={choose}
        point={point}
        set={set}
      />
    </>
  );
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function HeadExplorer({ state, set, restore, page }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const { live, error } = useSmallModel(root, state, set);
  const shown = useHeads(live, state);
  const { problem, change, forget } = useSentence(set, schema.text.most_bytes);
  const reset = () => {
    forget();
    restore();
  };
  const files = {
    json: () => jsonText(state, shown),
    csv: () => csvText(shown),
    svg: () => pictureSVG(shown, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div
      ref={root}
      class="cs336-heads"
      role="group"
      aria-label={t("heads.title")}
      aria-busy={!live && !error}
    >
      <Input
        label={t("heads.text")}
        text={state.text}
        problem={problem}
        examples={EXAMPLES}
        change={change}
      />
      {shown ? (
        <Figure shown={shown} set={set} />
      ) : (
        <p class={error ? "cs336-error" : "cs336-heads-waiting cs336-quiet"}>
          {error || t(live ? "live.empty" : "live.loading")}
        </p>
      )}
      <Toolbar name="heads" page={page} reset={reset} files={files} />
    </div>
  );
}

export default defineView({ Component: HeadExplorer, schema });
