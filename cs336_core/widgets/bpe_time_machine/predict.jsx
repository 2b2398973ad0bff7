// Predict, then see: the switch, the score, and what was guessed at the present step.

import { useEffect, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { verdict } from "./pairs.jsx";
import { memory, readScore, samePair, writeScore } from "./prediction.js";

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */

/**
 * Whether the next merge is asked for, and how the answers went.
 * @param {Run} run
 * @param {number} step
 */
export function usePrediction(run, step) {
  const [on, turn] = useState(false);
  const [score, setScore] = useState(() => readScore(memory()));
  // A question counts once: what is seen cannot be predicted any more.
  const [told, tell] = useState(/** @type {Map<number, string>} */ (new Map()));
  useEffect(() => tell(new Map()), [run]);
  const verdictNow = on ? (told.get(step) ?? "") : "";
  return {
    on,
    turn,
    score,
    told: verdictNow,
    asks: on && step < run.merges.length && verdictNow === "",
    /** @param {import("../../browser/tokenization/pair_counter.js").Pair} pair */
    guess(pair) {
      const kept = readScore(memory()); // another figure may have counted meanwhile
      const { right, asked } = kept.asked > score.asked ? kept : score;
      const hit = samePair(
        pair,
        /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (run.merges[step]),
      );
      const now = { right: right + Number(hit), asked: asked + 1 };
      writeScore(memory(), now);
      setScore(now);
      const sentence = verdict(run, step, pair);
      tell(new Map(told).set(step, sentence));
      return sentence;
    },
    forget() {
      writeScore(memory(), { right: 0, asked: 0 });
      setScore({ right: 0, asked: 0 });
    },
  };
}

/** @param {{ prediction: ReturnType<typeof usePrediction> }} props */
export function Score({ prediction: { on, turn, score, forget } }) {
  return (
    <div class="cs336-toolbar cs336-machine-score">
      <button type="button" aria-pressed={on} onClick={() => turn(!on)}>
        {t("machine.predict")}
      </button>
      {(on || score.asked > 0) && (
        <span class="cs336-quiet">
          {score.asked ? t("machine.predict.score", score) : t("machine.predict.score.none")}
        </span>
      )}
      {(on || score.asked > 0) && (
        <button
          type="button"
          aria-disabled={score.asked === 0}
          onClick={() => score.asked > 0 && forget()}
        >
          {t("machine.predict.forget")}
        </button>
      )}
    </div>
  );
}
