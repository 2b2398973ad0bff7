// The pairs of a step: how often each occurs, which are tied, which must not merge. While the reader
// predicts, the question which pair merges next.

import { Component } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { forbiddenAt, pairsAt } from "../../browser/tokenization/bpe_training.js";
import { Bars } from "../../ui/bars.jsx";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { Token } from "../../ui/token.jsx";
import { labelsOf } from "../../ui/tokens.js";
import { choices, samePair } from "./prediction.js";

/** @typedef {import("../../browser/tokenization/bpe_training.js").Run} Run */
/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */

/** Pairs that are listed, unless more are tied. */
const LISTED = 8;
/** The largest number of tied pairs that are listed. */
const MAX_TIED = 40;

/** @typedef {{ pair: Pair, vocab: readonly Uint8Array[] }} PairProps */

/**
 * The two tokens of a pair. Rendered again only for another pair.
 * @extends {Component<PairProps>}
 */
class PairOf extends Component {
  /** @param {Readonly<PairProps>} next */
  shouldComponentUpdate({ pair, vocab }) {
    return vocab !== this.props.vocab || !samePair(pair, this.props.pair);
  }
  render() {
    const { pair, vocab } = this.props;
    return pair.map((id, side) => (
      <Token key={side} id={id} bytes={vocab[id] ?? new Uint8Array()} plain />
    ));
  }
}

/**
 * The verdict on a guess, as a sentence.
 * @param {Run} run
 * @param {number} step
 * @param {Pair} guess
 */
export function verdictText(run, step, guess) {
  const { vocab, merges, counts, tieBreak } = run;
  const next = /** @type {Pair} */ (merges[step]);
  const label = labelsOf(vocab);
  const count = counts[step] ?? 0;
  const guessed = pairsAt(run, step).find(({ pair }) => samePair(pair, guess))?.count ?? 0;
  const values = {
    left: label(next[0]),
    right: label(next[1]),
    guessLeft: label(guess[0]),
    guessRight: label(guess[1]),
    count,
    guess: guessed,
  };
  if (samePair(guess, next)) return t("machine.predict.right", values);
  return t(guessed === count ? `machine.predict.tie.${tieBreak}` : "machine.predict.wrong", values);
}

/**
 * @param {{ run: Run, step: number, compact: boolean, asking: boolean, verdict: string, guess: (pair: Pair) => void, merge: () => void,
 *   children?: import("preact").ComponentChildren }} props
 *   `asking`: whether the reader has yet to guess; `verdict`: on the guess, or ""; `children`: the score
 */
export function Pairs({ run, step, compact, asking, verdict, guess, merge, children }) {
  const { vocab, merges, counts, tied, tieBreak } = run;
  const pairs = useMemo(() => pairsAt(run, step), [run, step]);
  const forbidden = useMemo(() => forbiddenAt(run, step), [run, step]);
  const next = merges[step];
  // The button that was pressed disappears; the one that replaces it takes over the keyboard focus.
  const nextFocus = useRef("");
  const focusOn =
    (/** @type {string} */ button) => (/** @type {HTMLButtonElement | null} */ element) => {
      if (!element || nextFocus.current !== button) return;
      nextFocus.current = "";
      element.focus();
    };
  if (asking && next) {
    return (
      <Panel kind="machine-pairs" title={t("machine.predict.question")}>
        {children}
        <div class="cs336-machine-guesses">
          {choices(pairs, next, vocab).map((pair, i) => (
            <button
              key={pair.join()}
              type="button"
              ref={i === 0 ? focusOn("guess") : null}
              onClick={() => {
                nextFocus.current = "merge";
                guess(pair);
              }}
            >
              <PairOf pair={pair} vocab={vocab} />
            </button>
          ))}
        </div>
      </Panel>
    );
  }
  const maxCount = pairs[0]?.count ?? 0;
  const ties = next
    ? /** @type {number} */ (tied[step])
    : pairs.filter(({ count }) => count === maxCount).length;
  const shown = pairs.slice(0, Math.min(MAX_TIED, Math.max(LISTED, maxCount > 1 ? ties : 0)));
  if (next && !shown.some(({ pair }) => samePair(pair, next)))
    shown.unshift({ pair: next, count: maxCount });
  const rows = shown.map(({ pair, count }) => {
    const now = next !== undefined && samePair(pair, next);
    return {
      key: pair.join(),
      label: <PairOf pair={pair} vocab={vocab} />,
      count,
      now,
      note: now ? t("machine.pair.next") : next && count === maxCount ? t("machine.pair.tied") : "",
    };
  });
  const more = pairs.length - rows.length;
  return (
    <Panel kind="machine-pairs" title={t("machine.pairs")}>
      {children}
      {verdict && (
        <div class="cs336-machine-verdict">
          <p>{verdict}</p>
          <button
            type="button"
            class="cs336-play"
            ref={focusOn("merge")}
            onClick={() => {
              nextFocus.current = "guess";
              merge();
            }}
          >
            {t("machine.predict.next")}
          </button>
        </div>
      )}
      {pairs.length === 0 && <p class="cs336-quiet">{t("machine.pairs.none")}</p>}
      {!compact && next && ties > 1 && (
        <p class="cs336-quiet">
          {t("machine.pairs.tied", { n: ties, count: counts[step] ?? 0 })}{" "}
          {t(`machine.pairs.tied.${tieBreak}`)}
        </p>
      )}
      <div class="cs336-machine-bars" tabIndex={0} role="group" aria-label={t("machine.pairs")}>
        <Bars rows={rows} unit={(n) => t("machine.times", { n })} />
        {more > 0 && (
          <p class="cs336-quiet">
            {t(more === 1 ? "machine.pairs.more.one" : "machine.pairs.more", { n: more })}
          </p>
        )}
      </div>
      {forbidden && (
        <p class="cs336-machine-forbidden">
          <PairOf pair={forbidden.pair} vocab={vocab} />{" "}
          <span class="cs336-quiet">{t("machine.pairs.boundary", { n: forbidden.count })}</span>
        </p>
      )}
    </Panel>
  );
}
