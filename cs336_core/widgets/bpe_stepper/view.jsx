// Byte pair encoding, merge by merge: the sequence, its pair counts, the vocabulary as it grows.

import { useMemo, useRef } from "preact/hooks";
import { schema } from "#schema/bpe_stepper";
import { Bars } from "../../ui/bars.jsx";
import { colorsOf } from "../../ui/colors.js";
import { Curve } from "../../ui/curve.jsx";
import { toCSV } from "../../ui/export.js";
import { fixed } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { plural, t } from "../../ui/strings.js";
import { Token } from "../../ui/token.jsx";
import { labelsOf } from "../../ui/tokens.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { defineView } from "../../ui/view.jsx";
import { countPairs, halves, highest, tell } from "./bpe.js";
import { csvRows, jsonText, pictureSVG } from "./export.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {{ text: string, merges: import("./bpe.js").Pair[], step: number }} State */
/** @typedef {import("./bpe.js").Story} Story */

/** How many pairs are listed. */
const SHOWN = 8;

/** @param {number} ratio */
const rounded = (ratio) => fixed(ratio, 2);

/**
 * The tokens after `step` merges. Those that merge next are joined by a bracket, those just merged
 * slide together.
 * @param {{ story: Story, step: number, still?: boolean }} props
 */
function Sequence({ story, step, still = false }) {
  const { sequences, vocab, merges } = story;
  const ids = sequences[step] ?? [];
  const marks = halves(ids, merges[step]);
  const made = merges[step - 1];
  return (
    <ol class="cs336-sequence">
      {ids.map((id, i) => {
        const fresh = !still && made && id === 255 + step;
        return (
          <li key={fresh ? `${i}:${step}` : i}>
            <Token
              id={id}
              bytes={vocab[id] ?? new Uint8Array()}
              half={marks[i] ?? 0}
              fresh={
                fresh
                  ? [vocab[made[0]] ?? new Uint8Array(), vocab[made[1]] ?? new Uint8Array()]
                  : undefined
              }
            />
          </li>
        );
      })}
    </ol>
  );
}

/** @param {{ story: Story, step: number }} props */
function Pairs({ story, step }) {
  const { sequences, vocab, merges } = story;
  const counts = useMemo(() => countPairs(sequences[step] ?? []), [story, step]);
  const next = merges[step];
  const best = highest(counts).count;
  const rows = counts.slice(0, SHOWN).map(({ pair, count }) => {
    const now = next !== undefined && pair[0] === next[0] && pair[1] === next[1];
    const tied = next !== undefined && !now && count === best;
    return {
      key: pair.join(),
      label: pair.map((id, side) => (
        <Token key={side} id={id} bytes={vocab[id] ?? new Uint8Array()} plain />
      )),
      count,
      now,
      note: now ? t("bpe.pair.next") : tied ? t("bpe.pair.tied") : "",
    };
  });
  const more = counts.length - rows.length;
  return (
    <Panel kind="pairs" title={t("bpe.pairs")}>
      {counts.length === 0 && <p class="cs336-quiet">{t("bpe.pairs.none")}</p>}
      <Bars rows={rows} unit={(n) => t("bpe.times", { n })} />
      {more > 0 && (
        <p class="cs336-quiet">
          {t(more === 1 ? "bpe.pairs.more.one" : "bpe.pairs.more", { n: more })}
        </p>
      )}
    </Panel>
  );
}

/** @param {{ story: Story, step: number }} props */
function Vocabulary({ story, step }) {
  const { vocab, merges } = story;
  const learned = merges
    .slice(0, step)
    .map((pair, i) => ({ pair, id: 256 + i }))
    .reverse();
  const title = t("bpe.vocab", { n: 256 + step });
  return (
    <Panel kind="vocabulary" title={title}>
      {/* What scrolls must be within reach of the keyboard. */}
      <ol tabIndex={0} aria-label={title}>
        {learned.map(({ pair, id }, i) => (
          <li key={id} class={i === 0 ? "cs336-now" : undefined}>
            <Token id={id} bytes={vocab[id] ?? new Uint8Array()} />
            <span aria-hidden="true">=</span>
            {pair.map((half, side) => (
              <Token key={side} id={half} bytes={vocab[half] ?? new Uint8Array()} plain />
            ))}
          </li>
        ))}
        <li class="cs336-quiet">
          <span class="cs336-range">0–255</span> {t("bpe.vocab.bytes")}
        </li>
      </ol>
    </Panel>
  );
}

/** @param {Story} story @param {number} step */
function told({ sequences, vocab, merges, ratios }, step) {
  const tokens = sequences[step]?.length ?? 0;
  const made = merges[step - 1];
  if (!made) return plural("bpe.status.start", tokens);
  const label = labelsOf(vocab);
  const { count, tied } = highest(countPairs(sequences[step - 1] ?? []));
  const sentences = [
    plural("bpe.status.step", tokens, {
      step,
      last: merges.length,
      left: label(made[0]),
      right: label(made[1]),
      token: label(255 + step),
      id: 255 + step,
      ratio: rounded(ratios[step] ?? 0),
    }),
  ];
  if (tied > 1) sentences.push(t("bpe.status.tie", { n: tied, count }));
  return sentences.join(" ");
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function BPEStepper(props) {
  const { text, merges, step: asked } = props.state;
  const story = useMemo(() => tell(text, merges), [text, merges]);
  // The tallest state holds the figure's place unseen, so that the controls stay where they are.
  const tallest = useMemo(() => <Sequence story={story} step={0} still />, [story]);
  const last = merges.length;
  const step = Math.min(last, Math.max(0, asked));
  const { set: change, restore: reset } = props;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const sentence = told(story, step);
  const ratio = rounded(story.ratios[step] ?? 0);
  const files = {
    json: () => jsonText(story),
    csv: () => toCSV(csvRows(story)),
    svg: () =>
      pictureSVG(story, step, sentence, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div ref={root} class="cs336-stepper" role="group" aria-label={t("bpe.title")}>
      <div
        class="cs336-stage"
        tabIndex={0}
        role="group"
        aria-label={t("bpe.sequence", { n: story.sequences[step]?.length ?? 0 })}
      >
        <div class="cs336-placeholder" aria-hidden="true">
          {tallest}
        </div>
        <Sequence story={story} step={step} />
      </div>
      <Transport
        name={t("bpe.merges")}
        step={step}
        last={last}
        told={sentence}
        go={(to) => change({ step: to })}
      />
      <p class="cs336-status" role="status">
        {sentence}
      </p>
      <div class="cs336-panels">
        <Pairs story={story} step={step} />
        <Panel kind="ratio" title={t("bpe.ratio")}>
          <p class="cs336-figure-number">{ratio}</p>
          <Curve values={story.ratios} now={step} title={t("bpe.ratio.title", { ratio, step })} />
        </Panel>
        <Vocabulary story={story} step={step} />
      </div>
      <Toolbar name="bpe-merges" page={props.page} reset={reset} files={files} />
    </div>
  );
}

export default defineView({
  Component: BPEStepper,
  schema,
});
