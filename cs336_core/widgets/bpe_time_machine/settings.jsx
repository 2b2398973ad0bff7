// The settings of training: the text, how it is split, the tie-break, the number of merges.

import { schema } from "#schema/bpe_time_machine";
import { corpusOfText, readCorpus, writeCounts } from "../../browser/tokenization/corpus.js";
import { Choice } from "../../ui/choice.jsx";
import { useUniqueId } from "../../ui/id.js";
import { NumberBox } from "../../ui/number_box.jsx";
import { t } from "../../ui/strings.js";
import { NEWEST } from "./state.js";
import { TextBox } from "./text_box.jsx";

/** @typedef {import("./state.js").State} State */

/** Settings that another text resets. @type {Pick<State, "step" | "page" | "token">} */
const AT_THE_START = { step: 0, page: 1, token: NEWEST };

const HAT = "the cat in the hat";
const LOW = "low 5\nlower 2\nwidest 3\nnewest 6";

/**
 * The text: an example, or the reader's own.
 * @param {{ state: State, set: (changes: Partial<State>) => void, published: Pick<State, "text" | "kind"> }} props
 */
function Text({ state: { text, kind, pretokenization }, set, published }) {
  /** @type {[name: string, preset: Pick<State, "text" | "kind">][]} */
  const presets = [
    ["hat", { text: HAT, kind: "text" }],
    ["low", { text: LOW, kind: "word-counts" }],
  ];
  if (!presets.some(([, preset]) => preset.text === published.text))
    presets.push(["published", published]);
  /** @param {import("../../browser/tokenization/corpus.js").Kind} to */
  const changeKind = (to) => {
    if (to === "text")
      set({ kind: to, text: published.kind === to ? published.text : HAT, ...AT_THE_START });
    else set({ kind: to, text: writeCounts(corpusOfText(text, "gpt2").words), ...AT_THE_START });
  };
  return (
    <div class="cs336-machine-own">
      <div class="cs336-toolbar" role="group" aria-label={t("machine.preset")}>
        <span class="cs336-machine-name">{t("machine.preset")}</span>
        {presets.map(([name, preset]) => (
          <button key={name} type="button" onClick={() => set({ ...preset, ...AT_THE_START })}>
            {t(`machine.preset.${name}`)}
          </button>
        ))}
      </div>
      <TextBox
        name={t(kind === "text" ? "machine.text" : "machine.counts")}
        text={text}
        rows={4}
        set={(typed) => set({ text: typed, page: 1, token: NEWEST })}
        problemOf={(typed) => readCorpus(typed, kind, pretokenization).problem}
      />
      <Choice
        name={t("machine.kind")}
        value={kind}
        set={changeKind}
        options={[
          ["text", t("machine.kind.text")],
          ["word-counts", t("machine.kind.word-counts")],
        ]}
      />
    </div>
  );
}

/**
 * Whether the training text and the new text are split into words.
 * @param {{ state: State, set: (changes: Partial<State>) => void }} props
 */
function Splitting({ state: { kind, pretokenization }, set }) {
  return (
    <Choice
      name={t("machine.pretokenization")}
      value={pretokenization}
      set={(value) => set({ pretokenization: value })}
      options={[
        ["none", t("machine.pretokenization.none")],
        ["gpt2", t("machine.pretokenization.gpt2")],
      ]}
    >
      {kind === "word-counts" && <p class="cs336-quiet">{t("machine.pretokenization.counted")}</p>}
    </Choice>
  );
}

/**
 * @param {{ state: State, set: (changes: Partial<State>) => void, published: Pick<State, "text" | "kind">,
 *   learned: number }} props `learned`: the number of merges actually learned
 */
export function Settings({ state, set, published, learned }) {
  const id = useUniqueId();
  const { num_merges: numMerges, tie_break: tieBreak } = state;
  return (
    <details class="cs336-machine-settings">
      <summary>{t("machine.settings")}</summary>
      <Text state={state} set={set} published={published} />
      <div class="cs336-machine-switches">
        <Splitting state={state} set={set} />
        <Choice
          name={t("machine.tie")}
          value={tieBreak}
          set={(value) => set({ tie_break: value })}
          options={[
            ["first-seen", t("machine.tie.first-seen")],
            ["lexicographic", t("machine.tie.lexicographic")],
          ]}
        />
        <div class="cs336-number">
          <label for={id}>{t("machine.merges.max")}</label>
          <NumberBox
            id={id}
            name={t("machine.merges.max")}
            value={numMerges}
            min={0}
            max={schema.num_merges.max}
            set={(to) => set({ num_merges: to })}
          />
        </div>
        {learned < numMerges && (
          <p class="cs336-quiet">
            {t(learned === 1 ? "machine.merges.learned.one" : "machine.merges.learned", {
              n: learned,
            })}
          </p>
        )}
      </div>
    </details>
  );
}
