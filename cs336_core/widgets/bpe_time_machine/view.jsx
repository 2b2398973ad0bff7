// Byte pair encoding on the reader's own text: every merge, both tie-breaks, with and without splitting
// into words, how each token was formed, and how the merges encode a new text.

import { useMemo, useRef } from "preact/hooks";
import { readCorpus } from "../../browser/tokenization/corpus.js";
import { describeEncoding, EncodingPart, useEncoding } from "./encoding.jsx";
import { encodingRows, jsonText, pictureSVG, trainingRows } from "./export.js";
import { OriginPanel } from "./merge_tree.jsx";
import { Settings } from "./settings.jsx";
import { bounded, NEWEST, schema } from "./state.js";
import { rowsOf } from "./token_rows.js";
import "./strings.en.js";
import { train } from "../../browser/tokenization/bpe_training.js";
import { Choice } from "../../ui/choice.jsx";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { useSettings } from "../../ui/settings.js";
import { within } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { LONGEST } from "../../ui/url.js";
import { defineView } from "../../ui/view.jsx";
import { TextBox } from "./text_box.jsx";
import { Pager } from "./token_rows.jsx";
import { describeTraining, TrainingPart } from "./training.jsx";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function BPETimeMachine(props) {
  const { published } = props;
  const state = bounded(props.state);
  const { text, kind, num_merges: numMerges, tie_break: tieBreak, pretokenization, part } = state;
  const { compact } = state;
  const { corpus, problem } = useMemo(
    () => readCorpus(text, kind, pretokenization),
    [text, kind, pretokenization],
  );
  const run = useMemo(() => train(corpus, numMerges, tieBreak), [corpus, numMerges, tieBreak]);
  const encoding = useEncoding(state, run);
  const step = within(state.step, 0, run.merges.length);
  const newStep = within(state.new_step, 0, encoding.steps.length);
  const { message, announce, change, reset } = useSettings(props);
  const choose = (/** @type {number} */ token) => change({ token });
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const trains = compact || part === "training";
  const encodingStep = encoding.steps[newStep - 1];
  const newestMerged = encodingStep && 256 + encodingStep.rank;
  const newestLearned = step > 0 ? 255 + step : undefined;
  const newestId = trains ? newestLearned : newestMerged;
  const isNewest = state.token === NEWEST || state.token >= run.vocab.length;
  const files = {
    json: () => jsonText(state, run, encoding),
    csv: () => toCSV(trains ? trainingRows(run) : encodingRows(run, encoding)),
    svg: () => picture(),
  };
  const picture = () => {
    const counted = trains && kind === "word-counts";
    const words = trains ? run.states[step] : encoding.states[newStep];
    const next = trains ? run.merges[step] : run.merges[encoding.steps[newStep]?.rank ?? -1];
    if (!words) return "";
    const order = trains ? corpus.order : Array.from(words.ends, (_, i) => i);
    const rows = rowsOf(
      words,
      counted ? { order, words: corpus.words } : { order },
      run.vocab,
      next,
      0,
      Infinity,
    );
    const caption = trains ? describeTraining(run, step) : describeEncoding(run, encoding, newStep);
    return pictureSVG(
      rows,
      counted,
      run.vocab,
      caption,
      colorsOf(/** @type {HTMLElement} */ (root.current)),
    );
  };
  // A step changes no setting, so it does not render them again.
  const settings = useMemo(
    () => <Settings state={state} set={change} published={published} learned={run.merges.length} />,
    [text, kind, numMerges, tieBreak, pretokenization, run],
  );
  const origin = (
    <OriginPanel
      key="origin"
      run={run}
      step={trains ? step : undefined}
      id={isNewest ? newestId : state.token}
      isNewest={isNewest}
      choose={choose}
      follow={() => choose(NEWEST)}
      go={(to) => change({ part: "training", step: to })}
    />
  );
  const tooLong =
    (text.length > LONGEST && text !== published.text) ||
    (state.new_text.length > LONGEST && state.new_text !== published.new_text);
  return (
    <div
      ref={root}
      class="cs336-machine"
      role="group"
      aria-label={t(compact ? "machine.title.compact" : "machine.title")}
    >
      {!compact && (
        <div class="cs336-machine-head">
          <Choice
            name={t("machine.part")}
            value={part}
            set={(value) => change({ part: value })}
            options={[
              ["training", t("machine.part.training")],
              ["encoding", t("machine.part.encoding")],
            ]}
          />
          {trains && (
            <Pager
              first={
                /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
                  run.states[0]
                )
              }
              order={corpus.order}
              page={state.page}
              turnTo={(page) => change({ page })}
            />
          )}
          {settings}
        </div>
      )}
      {compact && (
        <TextBox
          name={t("machine.text.compact")}
          text={text}
          rows={1}
          set={(typed) => change({ text: typed, step: numMerges })}
          problemOf={(typed) => readCorpus(typed, kind, pretokenization).problem}
        />
      )}
      {problem && <p class="cs336-error">{problem}</p>}
      {trains ? (
        <TrainingPart
          key={compact ? "compact" : "full"}
          run={run}
          step={step}
          state={state}
          set={change}
          message={message}
          announce={announce}
          choose={choose}
          origin={origin}
        />
      ) : (
        <EncodingPart
          run={run}
          encoding={encoding}
          step={newStep}
          state={state}
          set={change}
          message={message}
          choose={choose}
          origin={origin}
        />
      )}
      <Toolbar
        name="bpe-time-machine"
        page={props.page}
        reset={reset}
        files={files}
        linkWarning={tooLong ? t("machine.text.link") : ""}
      />
    </div>
  );
}

export default defineView({ Component: BPETimeMachine, schema });
