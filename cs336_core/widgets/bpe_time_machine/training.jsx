// Training, step by step: the corpus as chips, its pairs, the vocabulary, and the bytes per token.

import { Curve } from "../../ui/curve.jsx";
import { fixed } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { plural, t } from "../../ui/strings.js";
import { labelsOf } from "../../ui/tokens.js";
import { Transport } from "../../ui/transport.jsx";
import { Pairs } from "./pairs.jsx";
import { Score, usePrediction } from "./predict.jsx";
import { Pager, Stage } from "./token_rows.jsx";
import { Vocabulary } from "./vocabulary.jsx";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */

/**
 * A step of training, in words.
 * @param {Run} run
 * @param {number} step
 */
export function describeTraining({ merges, vocab, tokens, ratios, counts, tied, tieBreak }, step) {
  const pair = merges[step - 1];
  if (!pair) return plural("machine.status.start", tokens[0] ?? 0);
  const label = labelsOf(vocab);
  const sentence = plural("machine.status.step", tokens[step] ?? 0, {
    step,
    last: merges.length,
    left: label(pair[0]),
    right: label(pair[1]),
    token: label(255 + step),
    id: 255 + step,
    ratio: fixed(ratios[step] ?? 0, 2),
  });
  const ties = tied[step - 1] ?? 0;
  if (ties < 2) return sentence;
  return `${sentence} ${t(`machine.status.tied.${tieBreak}`, { n: ties, count: counts[step - 1] ?? 0 })}`;
}

/** How to read a chip, in three examples. */
function Legend() {
  return (
    <p class="cs336-machine-legend cs336-quiet">
      <span>
        <span class="cs336-token-id">116</span> {t("machine.legend.id")}
      </span>
      <span>
        <code>␣</code> {t("machine.legend.space")}
      </span>
      <span>
        <span class="cs336-machine-bracket" /> {t("machine.legend.pair")}
      </span>
    </p>
  );
}

/**
 * @param {{ run: Run, step: number, state: State, set: (changes: Partial<State>) => void,
 *   message: string, announce: (message: string) => void,
 *   choose: (id: number) => void, origin: import("preact").ComponentChildren }} props
 *   `origin`: how a token was formed
 */
export function TrainingPart({ run, step, state, set, message, announce, choose, origin }) {
  const { corpus, states, merges, vocab, tokens, ratios } = run;
  const { compact } = state; // without predictions and origins
  const go = (/** @type {number} */ to) => set({ step: to });
  const prediction = usePrediction(run, step, state.predict);
  const pair = merges[step - 1];
  const fresh = pair && { id: 255 + step, pair };
  const sentence = describeTraining(run, step);
  const ratio = fixed(ratios[step] ?? 0, 2);
  const counted = corpus.kind === "word-counts";
  return (
    <>
      <Stage
        states={states}
        step={step}
        order={corpus.order}
        words={counted ? corpus.words : undefined}
        vocab={vocab}
        next={prediction.asking ? undefined : merges[step]}
        fresh={fresh}
        label={plural("machine.sequence", tokens[step] ?? 0)}
        page={state.page}
        choose={compact ? undefined : choose}
      />
      {compact && (
        <>
          <Pager
            first={
              /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (states[0])
            }
            order={corpus.order}
            page={state.page}
            turnTo={(page) => set({ page })}
          />
          <Legend />
        </>
      )}
      <Transport
        name={t("machine.merges")}
        step={step}
        last={merges.length}
        valueText={sentence}
        go={go}
      />
      <p class="cs336-machine-status" role="status">
        {message || sentence}
      </p>
      <div class={`cs336-machine-panels${compact ? " cs336-machine-compact" : ""}`}>
        <Pairs
          run={run}
          step={step}
          compact={compact}
          asking={prediction.asking}
          verdict={prediction.verdict}
          guess={(guess) => announce(prediction.guess(guess))}
          merge={() => go(step + 1)}
        >
          {!compact && (
            <Score
              prediction={prediction}
              on={state.predict}
              setOn={(predict) => set({ predict })}
            />
          )}
        </Pairs>
        {!compact && origin}
        <Panel kind="machine-ratio" title={t("machine.ratio")}>
          <p class="cs336-figure-number">{ratio}</p>
          <Curve values={ratios} now={step} title={t("machine.ratio.title", { ratio, step })} />
        </Panel>
        <Vocabulary run={run} step={step} choose={compact ? undefined : choose} />
      </div>
    </>
  );
}
