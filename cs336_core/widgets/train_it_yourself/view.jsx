// A tiny model of characters that trains in the page, on the reader's own text.

import { useEffect, useRef, useState } from "preact/hooks";
import { loneSurrogate } from "../../browser/tokenization/simple.js";
import { ChartFigure } from "../../ui/chart_figure.jsx";
import { useUniqueId } from "../../ui/id.js";
import { boundedBy } from "../../ui/state.js";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import {
  chartOf,
  extended,
  lossOf,
  NOTHING,
  RATES,
  resultsOf,
  schema,
  sentenceOf,
} from "./progress.js";
import source from "./training_worker.js?source";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./progress.js").State} State */

/** The error message for a text that cannot be learned, or "". @param {string} text */
function problemOf(text) {
  const surrogate = loneSurrogate(text);
  if (surrogate) return t("train.surrogate", surrogate);
  const size = new TextEncoder().encode(text).length;
  const max = schema.text.most_bytes;
  if (size > max) return t("train.long", { n: formatNumber(size), max: formatNumber(max) });
  return new Set(text).size < 2 ? t("train.short") : "";
}

/** The worker, and what it has reported on the current run. @param {string} text @param {number} rate */
function useTraining(text, rate) {
  const [progress, setProgress] = useState(NOTHING);
  const [isTraining, setTraining] = useState(false);
  const worker = useRef(/** @type {Worker | undefined} */ (undefined));
  const run = useRef(0);
  const started = useRef(false);
  const stop = () => {
    worker.current?.terminate();
    worker.current = undefined;
    started.current = false;
    run.current += 1;
    setTraining(false);
    setProgress(NOTHING);
  };
  useEffect(() => stop, []);
  useEffect(stop, [text]);
  useEffect(() => {
    if (isTraining) worker.current?.postMessage({ run: run.current, rate });
  }, [rate]);
  const diverged = Number.isNaN(lossOf(progress) ?? 0);
  useEffect(() => {
    if (diverged) worker.current?.postMessage({ run: run.current, rate: 0 });
    if (diverged) setTraining(false);
  }, [diverged]);
  const toggle = () => {
    if (!worker.current) {
      const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      worker.current = new Worker(address);
      URL.revokeObjectURL(address);
      worker.current.onmessage = ({ data }) =>
        data.run === run.current && setProgress((now) => extended(now, data));
    }
    worker.current.postMessage({
      run: run.current,
      rate: isTraining ? 0 : rate,
      ...(started.current ? {} : { text }),
    });
    started.current = true;
    setTraining(!isTraining);
  };
  return { progress, isTraining, diverged, toggle, stop };
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function TrainItYourself(props) {
  const { set, restore, page } = props;
  const { text, rate } = boundedBy(schema, props.state);
  const id = useUniqueId();
  const problem = problemOf(text);
  const { progress, isTraining, diverged, toggle, stop } = useTraining(text, rate);
  const n = new Set(text).size;
  const sentence = diverged ? t("train.diverged") : sentenceOf(progress, Math.max(2, n));
  const rows = progress.points.map(({ step, loss }) => ({ step, loss }));
  return (
    <div class="cs336-train">
      <label for={id}>{t("train.text")}</label>
      <textarea
        id={id}
        rows={5}
        spellcheck={false}
        value={text}
        aria-invalid={problem !== ""}
        onInput={(event) => set({ text: event.currentTarget.value })}
      />
      {problem && (
        <p class="cs336-error" role="alert">
          {problem}
        </p>
      )}
      <ChartFigure
        name="train-it-yourself"
        title={t("train.title")}
        results={resultsOf(progress)}
        chart={chartOf(progress, n)}
        sentence={sentence}
        hint={t("train.try")}
        data={() => ({
          settings: { text, rate },
          rows: rows.length ? rows : [{ step: 0, loss: Math.log(Math.max(2, n)) }],
        })}
        page={page}
        reset={() => {
          stop();
          restore();
        }}
      >
        <div class="cs336-train-controls">
          <button
            type="button"
            class="cs336-play"
            aria-disabled={problem !== ""}
            onClick={() => problem || toggle()}
          >
            {t(isTraining ? "train.pause" : "train.start")}
          </button>
          <button type="button" onClick={stop}>
            {t("train.again")}
          </button>
        </div>
        <StopSlider
          name={t("train.rate")}
          value={rate}
          stops={RATES}
          whole={false}
          valueText={String(rate)}
          set={(to) => set({ rate: to })}
        />
        <div class="cs336-train-sample">
          <p class="cs336-quiet">
            {progress.sample
              ? t("train.sample", { steps: plural("train.steps", progress.step) })
              : t("train.sample.none")}
          </p>
          <p>{progress.sample}</p>
        </div>
      </ChartFigure>
    </div>
  );
}

export default defineView({ Component: TrainItYourself, schema });
