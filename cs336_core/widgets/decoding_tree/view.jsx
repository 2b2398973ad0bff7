// Greedy decoding, beam search and sampling: a tree that grows by one token per step, on a live model.

import { useMemo, useRef } from "preact/hooks";
import { colorsOf } from "../../ui/colors.js";
import { Input } from "../../ui/live_model/input.jsx";
import { MOST_TOKENS } from "../../ui/live_model/limits.js";
import { useSentence, useSmallModel } from "../../ui/live_model/use_sentence.js";
import { Panel } from "../../ui/panel.jsx";
import { Results } from "../../ui/results.jsx";
import { boundedBy } from "../../ui/state.js";
import { plural, t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { defineView } from "../../ui/view.jsx";
import { keptOf, NextTokens, schema, stepsOf } from "./decoding.js";
import { csvText, jsonText, pictureSVG } from "./export.js";
import { treeOf } from "./layout.js";
import { Settings } from "./settings.jsx";
import { logProbText, resultsOf, sentenceOf } from "./text.js";
import { Tree } from "./tree.jsx";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "../../ui/live_model/style.css";
import "./style.css";

/** @typedef {import("./decoding.js").State} State */
/** @typedef {import("./decoding.js").Candidate} Candidate */
/** @typedef {import("../../ui/live_model/use_model.js").Live} Live */

/** Prompts to start with, and their names. @type {readonly (readonly [name: string, text: string])[]} */
const EXAMPLES = [
  [t("decoding.example.night"), "Good night, good"],
  [t("decoding.example.king"), "The king"],
  [t("decoding.example.what"), "What is"],
  [t("decoding.example.market"), "When Leo and Lucy went to the market,"],
];
/** The steps that a new prompt keeps: a larger tree takes too long to grow at each keystroke. */
const MOST_TYPED = 3;

/** @param {Live | undefined} live @param {string} text */
function useNextTokens(live, text) {
  const [next, isCut] = useMemo(() => {
    const all = live?.tokenizer.encode(text) ?? [];
    const ids = all.slice(-MOST_TOKENS);
    return [live && ids.length ? new NextTokens(live, ids) : undefined, all.length > ids.length];
  }, [live, text]);
  return { next, isCut };
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function DecodingTree({ state: given, set, restore, page }) {
  const state = boundedBy(schema, given);
  const { text, method, width, temperature, top_k, top_p, seed, step } = state;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const { live, error } = useSmallModel(root, state, set);
  const { next, isCut } = useNextTokens(live, text);
  const found = useMemo(() => {
    if (!next) return undefined;
    const steps = stepsOf(next, state, method, step);
    const sentence = sentenceOf(next, state, steps);
    return { next, steps, tree: treeOf(steps), results: resultsOf(next, state), sentence };
  }, [next, method, width, temperature, top_k, top_p, seed, step]);
  const sentence = found?.sentence ?? "";
  const { problem, change, forget } = useSentence(
    (to) => set({ text: to.text, step: Math.min(step, MOST_TYPED) }),
    schema.text.most_bytes,
  );
  const reset = () => {
    forget();
    restore();
  };
  const files = {
    json: () => jsonText(found?.next, state, found?.steps ?? []),
    csv: () => (found ? csvText(found.next, state, found.steps) : ""),
    svg: () => {
      const color = colorsOf(/** @type {HTMLElement} */ (root.current));
      return found ? pictureSVG(found.next, state, found.tree, sentence, color) : "";
    },
  };
  return (
    <div
      ref={root}
      class="cs336-decoding"
      role="group"
      aria-label={t("decoding.title")}
      aria-busy={!live && !error}
    >
      <Input
        label={t("live.text")}
        text={text}
        problem={problem}
        examples={EXAMPLES}
        change={change}
      />
      <Settings state={state} sentence={sentence} set={set} />
      {found ? (
        <>
          <Results results={found.results} />
          <div class="cs336-decoding-figure">
            <div>
              <Tree tree={found.tree} next={found.next} method={method} />
              <Legend method={method} isCut={isCut} />
            </div>
            <Texts next={found.next} steps={found.steps} method={method} />
          </div>
        </>
      ) : (
        <p class={error ? "cs336-error" : "cs336-decoding-waiting cs336-quiet"}>
          {error || t(live ? "decoding.empty" : "live.loading")}
        </p>
      )}
      <Transport
        name={t("decoding.step")}
        step={step}
        last={schema.step.max}
        valueText={sentence}
        go={(to) => set({ step: to })}
      />
      <p class="cs336-decoding-status" role="status">
        {sentence}
      </p>
      <p class="cs336-quiet">{t("decoding.try")}</p>
      <Toolbar name="decoding-tree" page={page} reset={reset} files={files} />
    </div>
  );
}

/** @param {{ method: State["method"], isCut: boolean }} props */
function Legend({ method, isCut }) {
  return (
    <ul class="cs336-decoding-legend cs336-quiet">
      <li class="cs336-decoding-key-kept">
        {method === "beam" ? t("decoding.legend.kept") : t(`decoding.kept.${method}`)}
      </li>
      <li class="cs336-decoding-key-dropped">{t(`decoding.dropped.${method}`)}</li>
      {method === "sampling" && <li class="cs336-decoding-key-out">{t("decoding.legend.out")}</li>}
      <li>{t(`decoding.legend.${method === "sampling" ? "percent" : "total"}`)}</li>
      {isCut && <li>{t("decoding.cut", { n: MOST_TOKENS })}</li>}
    </ul>
  );
}

/**
 * The texts that are kept, the best first, each with its total log-probability.
 * @param {{ next: NextTokens, steps: readonly (readonly Candidate[])[], method: State["method"] }} props
 */
function Texts({ next, steps, method }) {
  const kept = keptOf(steps.at(-1) ?? []);
  const title = steps.length ? plural("decoding.texts", steps.length) : t("decoding.texts.zero");
  const prompt = next.text(next.prompt);
  return (
    <Panel kind="decoding-texts" title={title}>
      <ol>
        {kept.map(({ tokens, logProb, rank }) => (
          <li key={tokens.join()}>
            <span class="cs336-decoding-rank">{method === "beam" ? Number(rank) + 1 : "✓"}</span>
            <span class="cs336-decoding-text">
              {prompt}
              <mark>{next.text(tokens)}</mark>
            </span>
            <span class="cs336-decoding-number">{logProbText(logProb)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

export default defineView({ Component: DecodingTree, schema });
