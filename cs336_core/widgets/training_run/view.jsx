// The training of the small model: scrub through it, and read any text with each checkpoint.

import { useMemo, useRef, useState } from "preact/hooks";
import { forward } from "../../browser/model/transformer/model.js";
import { distributionOf, single } from "../../browser/model/transformer/reading.js";
import { Chart } from "../../ui/chart.jsx";
import { chartSVG } from "../../ui/chart_picture.js";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { HeadMap } from "../../ui/live_model/head_map.jsx";
import { Input } from "../../ui/live_model/input.jsx";
import { EXAMPLES, MOST_TOKENS, textProblem } from "../../ui/live_model/limits.js";
import { probabilityText } from "../../ui/live_model/prediction.js";
import { Predictions } from "../../ui/live_model/predictions.jsx";
import { useLiveModel, useModelFiles, withToken } from "../../ui/live_model/use_model.js";
import { decimal } from "../../ui/numbers.js";
import { Results } from "../../ui/results.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { useSeen } from "../../ui/use_seen.js";
import { defineView } from "../../ui/view.jsx";
import {
  bounded,
  chartOf,
  checkpointAt,
  fileOf,
  pointAt,
  resultsOf,
  rowsOf,
  STEPS,
  schema,
} from "./run.js";
import { Sample } from "./sample.jsx";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "../../ui/live_model/style.css";
import "./style.css";

/** @typedef {import("./run.js").State} State */
/** @typedef {import("../../ui/live_model/use_model.js").Live} Live */

const LISTED = 5;

/** What the model of a checkpoint makes of a text. @param {Live | undefined} live @param {string} text */
function useReading(live, text) {
  return useMemo(() => {
    const ids = live?.tokenizer.encode(text).slice(-MOST_TOKENS) ?? [];
    if (!live || ids.length === 0) return undefined;
    const pass = forward(live.model, ids);
    const { top } = distributionOf(live.model, single(pass.final, ids.length - 1));
    const next = top(LISTED).map((candidate) => ({
      ...candidate,
      label: live.labels[candidate.id] ?? "",
      before: candidate.probability,
    }));
    return { live, ids, pass, next, token: live.labels[Number(ids.at(-1))] ?? "" };
  }, [live, text]);
}

/** Every head's attention weights on the text. @param {{ reading: NonNullable<ReturnType<typeof useReading>> }} props */
function Heads({ reading: { pass, ids } }) {
  return (
    <div role="group" aria-label={t("run.heads")}>
      <p class="cs336-quiet">{t("run.heads")}</p>
      <div class="cs336-run-heads">
        {[...pass.blocks].reverse().map(({ attention }, i) =>
          attention.heads.map(({ weights }, head) => {
            const name = t("run.head", { block: pass.blocks.length - i, head: head + 1 });
            return (
              <span key={name} role="img" aria-label={name} title={name}>
                <HeadMap weights={weights} position={ids.length - 1} />
              </span>
            );
          }),
        )}
      </div>
    </div>
  );
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function TrainingRun({ state, set, restore, page }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const checkpoint = bounded(state.checkpoint);
  const file = fileOf(checkpoint);
  const { texts, error } = useModelFiles(state, set, useSeen(root) ? ["small-run", file] : []);
  const runText = texts["small-run"];
  const run = useMemo(
    () => (runText ? /** @type {import("./run.js").Run} */ (JSON.parse(runText)) : undefined),
    [runText],
  );
  const live = useLiveModel(texts[file]);
  const reading = useReading(live, state.text);
  const chart = useMemo(() => run && chartOf(run, checkpoint), [run, checkpoint]);
  const [problem, setProblem] = useState("");
  /** @param {string} text */
  const change = (text) => {
    const found = textProblem(text, schema.text.most_bytes);
    setProblem(found);
    if (!found) set({ text });
  };
  const step = formatNumber(Number(STEPS[checkpoint]));
  const at = run && pointAt(run, checkpoint);
  const best = reading?.next[0];
  const sentence =
    at && best
      ? t("run.status", {
          step,
          stories: decimal(at.stories, 2),
          plays: decimal(at.plays, 2),
          token: reading.token,
          best: best.label,
          p: probabilityText(best.probability),
        })
      : "";
  const files = {
    json: () =>
      `${JSON.stringify({ settings: { text: state.text, checkpoint }, next: reading?.next, ...run }, null, 1)}\n`,
    csv: () => toCSV(run ? rowsOf(run) : []),
    svg: () =>
      run && chart
        ? chartSVG(
            chart,
            resultsOf(run, checkpoint),
            sentence,
            colorsOf(/** @type {HTMLElement} */ (root.current)),
          )
        : "",
  };
  return (
    <div
      ref={root}
      class="cs336-run"
      role="group"
      aria-label={t("run.title")}
      aria-busy={!(run && live) && !error}
    >
      {error && <p class="cs336-error">{error}</p>}
      {run && chart ? (
        <>
          <Results results={resultsOf(run, checkpoint)} />
          <Chart
            {...chart}
            description={sentence}
            pick={(x) => set({ checkpoint: checkpointAt(x) })}
          />
        </>
      ) : (
        <p class="cs336-run-waiting cs336-quiet">{error ? "" : t("live.loading")}</p>
      )}
      <Transport
        name={t("run.checkpoint")}
        step={checkpoint}
        last={STEPS.length - 1}
        from={1}
        valueText={t("run.now", { step })}
        go={(to) => set({ checkpoint: to })}
      />
      <p class="cs336-run-status" role="status">
        {sentence}
      </p>
      <Input
        label={t("live.text")}
        text={state.text}
        problem={problem}
        examples={EXAMPLES}
        change={change}
      />
      <div class="cs336-run-reading">
        {reading && (
          <>
            <div class="cs336-run-words">
              <Predictions
                title={t("run.next", { step })}
                predictions={reading.next}
                hasRemoved={false}
                append={(id) => change(withToken(reading.live, state.text, id))}
              />
              <Sample live={reading.live} ids={reading.ids} text={state.text} />
            </div>
            <Heads reading={reading} />
          </>
        )}
      </div>
      <p class="cs336-quiet">{t("run.try")}</p>
      <Toolbar name="training-run" page={page} reset={restore} files={files} />
    </div>
  );
}

export default defineView({ Component: TrainingRun, schema });
