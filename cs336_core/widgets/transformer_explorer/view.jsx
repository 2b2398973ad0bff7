// A small Transformer that runs in the page, from a sentence to the next token, part by part.

import { useMemo, useRef, useState } from "preact/hooks";
import { colorsOf } from "../../ui/colors.js";
import { Input } from "../../ui/live_model/input.jsx";
import { EXAMPLES } from "../../ui/live_model/limits.js";
import { Predictions } from "../../ui/live_model/predictions.jsx";
import { withToken } from "../../ui/live_model/use_model.js";
import { useSentence, useSmallModel } from "../../ui/live_model/use_sentence.js";
import { decimal } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { useAfterPaint } from "../../ui/use_after_paint.js";
import { useWidth } from "../../ui/use_width.js";
import { defineView } from "../../ui/view.jsx";
import { Board } from "./board.jsx";
import { Drawing } from "./drawing.jsx";
import { csvText, jsonText, pictureSVG } from "./export.js";
import { PartPanel, titleOf } from "./part_panel.jsx";
import { partsIn, schema, toggled } from "./state.js";
import { describe, partNames } from "./text.js";
import { neededHead, useEffects, useReading } from "./use_reading.js";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "../../ui/live_model/style.css";
import "./style.css";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./use_reading.js").Reading} Reading */

/** The width of a figure with room for the heads of a block in one row. */
const WIDE = 560;

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function TransformerExplorer({ state, set, restore, page }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const width = useWidth(root);
  const { live, error } = useSmallModel(root, state, set);
  const reading = useReading(live, state);
  const effects = useEffects(reading);
  const [pointed, point] = useState("");
  const { problem, change, forget } = useSentence(set, schema.text.most_bytes);
  const names = useMemo(() => (live ? partNames(live.model.config) : {}), [live]);
  const part = pointed || state.part;
  const described = part || neededHead(effects);
  const parts = live ? partsIn(state.removed, live.model.config) : [];
  /** @param {string} name */
  const toggle = (name) => set({ removed: toggled(parts, name) });
  const removed = parts.map((name) => names[name] ?? "");
  const token = reading?.labels[reading.position] ?? "";
  const sentence = reading ? describe(token, reading.next, reading.first, removed) : "";
  // These take longest to draw.
  const drawn = useAfterPaint(reading);
  const isWide = width > WIDE;
  const drawing = useMemo(
    () =>
      drawn && (
        <Drawing
          reading={drawn}
          part={part}
          chosen={state.part}
          set={set}
          point={point}
          isWide={isWide}
        />
      ),
    [drawn, part, state.part, isWide],
  );
  const panel = useMemo(
    () =>
      drawn &&
      described && (
        <PartPanel
          reading={drawn}
          part={described}
          isRemoved={parts.includes(described)}
          toggle={() => toggle(described)}
        />
      ),
    [drawn, described, state.removed],
  );
  const board = useMemo(
    () =>
      drawn && (
        <Panel kind="explorer-removal" title={t("explorer.board")}>
          <p class="cs336-quiet">{t("explorer.board.hint", { token: drawn.first.label })}</p>
          <Board
            config={drawn.live.model.config}
            names={names}
            removed={drawn.removed}
            effects={effects}
            normal={drawn.first.before}
            toggle={toggle}
          />
        </Panel>
      ),
    [drawn, effects, state.removed],
  );
  const reset = () => {
    forget();
    restore();
  };
  const files = {
    json: () => jsonText(state, reading),
    csv: () => csvText(reading),
    svg: () => pictureSVG(reading, sentence, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div
      ref={root}
      class="cs336-explorer"
      role="group"
      aria-label={t("explorer.title")}
      aria-busy={!live && !error}
    >
      <Input
        label={t("live.text")}
        text={state.text}
        problem={problem}
        examples={EXAMPLES}
        change={change}
      />
      {reading && drawn ? (
        <div class="cs336-explorer-figure">
          <div class="cs336-explorer-main">
            <Predictions
              title={t("live.next", { token })}
              predictions={reading.next}
              hasRemoved={parts.length > 0}
              append={(id) => change(withToken(reading.live, state.text, id))}
            />
            {drawing}
            <Legend isCut={reading.isCut} n={reading.ids.length} />
          </div>
          <Panel kind="explorer-side" title={titleOf(described, drawn)}>
            {!part && described && <p class="cs336-quiet">{t("explorer.part.none")}</p>}
            {panel}
          </Panel>
        </div>
      ) : (
        <p class={error ? "cs336-error" : "cs336-explorer-waiting cs336-quiet"}>
          {error || t(live ? "live.empty" : "live.loading")}
        </p>
      )}
      <p class="cs336-explorer-status" role="status">
        {sentence} {reading && lossText(reading)}
      </p>
      {board}
      <Toolbar name="transformer" page={page} reset={reset} files={files} />
    </div>
  );
}

/** @param {Reading} reading */
function lossText({ loss, wholeLoss, removed }) {
  if (loss === undefined || wholeLoss === undefined) return "";
  const values = { loss: decimal(loss, 2), before: decimal(wholeLoss, 2) };
  return t(removed.size ? "explorer.loss.removed" : "explorer.loss", values);
}

/** @param {{ isCut: boolean, n: number }} props */
function Legend({ isCut, n }) {
  return (
    <ul class="cs336-explorer-legend">
      {["attention", "embedding", "mlp"].map((kind) => (
        <li key={kind} class={`cs336-explorer-key-${kind}`}>
          {t(`explorer.legend.${kind}`)}
        </li>
      ))}
      <li>{t("explorer.legend.width")}</li>
      {isCut && <li>{t("live.cut", { n })}</li>}
    </ul>
  );
}

export default defineView({ Component: TransformerExplorer, schema });
