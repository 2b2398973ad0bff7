// A question: the reader chooses an answer, which is checked, and only then sees what gives it away.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useUniqueId } from "../../ui/id.js";
import { Sentence } from "../../ui/sentence.jsx";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { answersAfter, bounded, isLinked, schema } from "./state.js";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */

/** Whether a link has led to a figure, which opens it. @param {string} key "" for none */
function useLink(key) {
  const [linked, setLinked] = useState(() => key !== "" && isLinked(key));
  useEffect(() => {
    const follow = () => setLinked(key !== "" && isLinked(key));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [key]);
  return linked;
}

/** What the status line reports. @param {State} state */
function verdict({ options, answer, chosen, skipped, closes }) {
  const texts = { answer: options[answer] ?? "", chosen: options[chosen] ?? "" };
  if (chosen === answer) return t("prediction.right", texts);
  if (chosen >= 0) return t("prediction.wrong", texts);
  if (skipped) return t("prediction.skipped", texts);
  return closes ? t("prediction.closed") : "";
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function Prediction({ state: given, set, page }) {
  const state = bounded(given);
  const { question, options, answer, closes, chosen, skipped } = state;
  const answered = chosen >= 0 || skipped;
  const linked = useLink(closes);
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const id = useUniqueId();
  // Before the next frame, so that the figure does not flash
  useLayoutEffect(() => {
    const figure = page && closes ? document.getElementById(closes) : null;
    if (figure) figure.hidden = !answered && !linked;
  }, [answered, linked, closes]);
  useEffect(() => {
    if (!page || !root.current) return;
    for (const folded of answersAfter(root.current)) folded.open = answered;
  }, [answered]);
  return (
    <div ref={root} class="cs336-prediction" role="group" aria-labelledby={id}>
      <p id={id} class="cs336-prediction-question">
        <span class="cs336-prediction-title">{t("prediction.title")}</span>{" "}
        <Sentence text={question} />
      </p>
      <div class="cs336-prediction-options">
        {options.map((option, i) => {
          const shown = answered && (i === answer ? "right" : i === chosen ? "wrong" : "");
          return (
            <button
              key={i}
              type="button"
              data-shown={shown || undefined}
              aria-pressed={i === chosen}
              aria-disabled={answered}
              onClick={() => answered || set({ chosen: i })}
            >
              {shown && <span aria-hidden="true">{shown === "right" ? "✓ " : "✗ "}</span>}
              <Sentence text={option} />
            </button>
          );
        })}
        <button
          type="button"
          class="cs336-prediction-skip"
          onClick={() => set(answered ? { chosen: -1, skipped: false } : { skipped: true })}
        >
          {t(answered ? "prediction.again" : "prediction.skip")}
        </button>
      </div>
      <p class="cs336-prediction-verdict" role="status">
        <Sentence text={verdict(state)} />
      </p>
    </div>
  );
}

export default defineView({ Component: Prediction, schema });
