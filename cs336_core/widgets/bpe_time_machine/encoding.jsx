// Encoding a new text with the learned merges, step by step.

import { useMemo } from "preact/hooks";
import { encode } from "../../browser/tokenization/bpe_encoding.js";
import { sizeProblem } from "../../browser/tokenization/corpus.js";
import { fixed } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { Token } from "../../ui/token.jsx";
import { labelsOf } from "../../ui/tokens.js";
import { Transport } from "../../ui/transport.jsx";
import { TextBox } from "./text_box.jsx";
import { Pager, Stage } from "./token_rows.jsx";

/** @typedef {import("../../browser/tokenization/bpe_encoding.js").Encoding} Encoding */
/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */
/** @typedef {import("./state.js").State} State */

/** Merges that are listed at once. */
const LISTED = 60;

/**
 * A step of encoding, in words.
 * @param {Run} run
 * @param {Encoding} encoding
 * @param {number} step
 */
export function describeEncoding({ merges, vocab }, { steps, states, bytes }, step) {
  const last = steps.length;
  const current = steps[step - 1];
  if (!current)
    return t(last ? "machine.new.start" : "machine.new.none", {
      n: formatNumber(bytes),
      m: last,
      all: merges.length,
    });
  const label = labelsOf(vocab);
  const [left, right] = /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (
    merges[current.rank]
  );
  const id = 256 + current.rank;
  const tokens = states[step]?.ids.length ?? 0;
  const sentences = [
    plural("machine.new.step", current.occurrences, {
      step,
      last,
      rank: current.rank + 1,
      left: label(left),
      right: label(right),
      token: label(id),
      id,
    }),
    plural("machine.new.tokens", tokens),
  ];
  const previous = (steps[step - 2]?.rank ?? -1) + 1;
  if (previous < current.rank)
    sentences.push(
      t(previous + 1 === current.rank ? "machine.new.skipped.one" : "machine.new.skipped", {
        from: previous + 1,
        to: current.rank,
      }),
    );
  if (step === last)
    sentences.push(t("machine.new.done", { ratio: fixed(bytes / Math.max(1, tokens), 2) }));
  return sentences.join(" ");
}

/** @param {{ run: Run, encoding: Encoding, step: number, go: (step: number) => void }} props */
function Order({ run: { merges, vocab }, encoding: { steps }, step, go }) {
  const title = t("machine.new.order");
  const first = Math.max(0, Math.min(step - LISTED / 2, steps.length - LISTED));
  return (
    <Panel kind="machine-order" title={title}>
      <ol tabIndex={0} aria-label={title}>
        {steps.slice(first, first + LISTED).map(({ rank }, i) => {
          const number = first + i + 1;
          const [left, right] =
            /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (merges[rank]);
          return (
            <li key={rank} class={number === step ? "cs336-now" : undefined}>
              <button
                type="button"
                aria-current={number === step ? "step" : undefined}
                onClick={() => go(number)}
              >
                {rank + 1}
              </button>
              <Token id={left} bytes={vocab[left] ?? new Uint8Array()} plain />
              <Token id={right} bytes={vocab[right] ?? new Uint8Array()} plain />
              <span aria-hidden="true">→</span>
              <Token id={256 + rank} bytes={vocab[256 + rank] ?? new Uint8Array()} />
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

/** @param {State} state @param {Run} run */
export function useEncoding({ new_text: text, pretokenization }, { merges }) {
  return useMemo(
    () => encode(sizeProblem(text) ? "" : text, pretokenization, merges),
    [text, pretokenization, merges],
  );
}

/**
 * @param {{ run: Run, encoding: Encoding, step: number, state: State, set: (changes: Partial<State>) => void,
 *   message: string, choose: (id: number) => void, origin: import("preact").ComponentChildren }} props
 *   `origin`: how a token was formed
 */
export function EncodingPart({ run, encoding, step, state, set, message, choose, origin }) {
  const { steps, states } = encoding;
  const { ids, ends } = /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
    states[step]
  );
  const first = /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
    states[0]
  );
  const order = useMemo(() => Array.from(ends, (_, i) => i), [encoding]);
  const current = steps[step - 1];
  const fresh = current && {
    id: 256 + current.rank,
    pair: /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (
      run.merges[current.rank]
    ),
  };
  const next = steps[step];
  const sentence = describeEncoding(run, encoding, step);
  const go = (/** @type {number} */ to) => set({ new_step: to });
  return (
    <>
      <TextBox
        name={t("machine.new")}
        text={state.new_text}
        rows={1}
        problemOf={sizeProblem}
        set={(typed) => set({ new_text: typed, new_step: 0, page: 1 })}
      />
      <Stage
        states={states}
        step={step}
        order={order}
        vocab={run.vocab}
        next={next && run.merges[next.rank]}
        fresh={fresh}
        label={plural("machine.new.sequence", ids.length)}
        page={state.page}
        choose={choose}
      />
      <Pager first={first} order={order} page={state.page} turnTo={(page) => set({ page })} />
      <Transport
        name={t("machine.new.steps")}
        step={step}
        last={steps.length}
        valueText={sentence}
        go={go}
      />
      <p class="cs336-machine-status" role="status">
        {message || sentence}
      </p>
      <div class="cs336-machine-panels cs336-machine-encoding">
        <Order run={run} encoding={encoding} step={step} go={go} />
        <Panel kind="machine-ids" title={t("machine.new.ids")}>
          <p class="cs336-machine-ids-list" tabIndex={0}>
            {ids.join(" ")}
          </p>
        </Panel>
        {origin}
      </div>
    </>
  );
}
