// Predicting each merge before it is shown: the switch, the score, and the verdict on a guess.

import { useEffect, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { verdictText } from "./pairs.jsx";
import { readScore, samePair, scoreStorage, writeScore } from "./prediction.js";

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */

/**
 * The state of predicting: the question at this step, and the score.
 * @param {Run} run
 * @param {number} step
 * @param {boolean} on whether the reader predicts
 */
export function usePrediction(run, step, on) {
  const [score, setScore] = useState(() => readScore(scoreStorage()));
  // Each step counts once: after a guess its answer is visible.
  const [verdicts, setVerdicts] = useState(/** @type {Map<number, string>} */ (new Map()));
  useEffect(() => setVerdicts(new Map()), [run]);
  const verdict = on ? (verdicts.get(step) ?? "") : "";
  return {
    score,
    verdict,
    asking: on && step < run.merges.length && verdict === "",
    /** @param {import("../../browser/tokenization/pair_counter.js").Pair} pair */
    guess(pair) {
      const stored = readScore(scoreStorage()); // another figure may have counted meanwhile
      const { right, total } = stored.total > score.total ? stored : score;
      const correct = samePair(
        pair,
        /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (run.merges[step]),
      );
      const newScore = { right: right + Number(correct), total: total + 1 };
      writeScore(scoreStorage(), newScore);
      setScore(newScore);
      const sentence = verdictText(run, step, pair);
      setVerdicts(new Map(verdicts).set(step, sentence));
      return sentence;
    },
    forget() {
      writeScore(scoreStorage(), { right: 0, total: 0 });
      setScore({ right: 0, total: 0 });
    },
  };
}

/**
 * @param {{ prediction: ReturnType<typeof usePrediction>, on: boolean,
 *   setOn: (on: boolean) => void }} props
 */
export function Score({ prediction: { score, forget }, on, setOn }) {
  return (
    <div class="cs336-toolbar cs336-machine-score" data-on={on}>
      <button type="button" aria-pressed={on} onClick={() => setOn(!on)}>
        {t("machine.predict")}
      </button>
      {(on || score.total > 0) && (
        <span class="cs336-quiet">
          {score.total ? t("machine.predict.score", score) : t("machine.predict.score.none")}
        </span>
      )}
      {score.total > 0 && (
        <button type="button" aria-label={t("machine.predict.forget.title")} onClick={forget}>
          {t("machine.predict.forget")}
        </button>
      )}
    </div>
  );
}
