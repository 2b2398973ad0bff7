// What is trained on, and how: the text, its cuts, the tie-break, the number of merges.

import { useState } from "preact/hooks";
import { MOST_MERGES } from "../../browser/tokenization/bpe_training.js";
import { corpusOfText, readCorpus, writeCounts } from "../../browser/tokenization/corpus.js";
import { Choice } from "../../ui/choice.jsx";
import { useUniqueId } from "../../ui/id.js";
import { NumberBox } from "../../ui/number_box.jsx";
import { t } from "../../ui/strings.js";
import { TextBox } from "./text_box.jsx";

/** @typedef {import("./state.js").State} State */

const HAT = "the cat in the hat";
const LOW = "low 5\nlower 2\nwidest 3\nnewest 6";

/**
 * The text: one of a few, or the reader's own.
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
  const [open] = useState(() => !presets.some(([, preset]) => preset.text === text));
  /** @param {import("../../browser/tokenization/corpus.js").Kind} to */
  const turnInto = (to) => {
    if (to === "text")
      set({ kind: to, text: published.kind === to ? published.text : HAT, step: 0 });
    else set({ kind: to, text: writeCounts(corpusOfText(text, "gpt2").words), step: 0 });
  };
  return (
    <div>
      <div class="cs336-toolbar" role="group" aria-label={t("machine.preset")}>
        <span class="cs336-machine-name">{t("machine.preset")}</span>
        {presets.map(([name, preset]) => (
          <button key={name} type="button" onClick={() => set({ ...preset, step: 0 })}>
            {t(`machine.preset.${name}`)}
          </button>
        ))}
      </div>
      <details class="cs336-machine-own" open={open}>
        <summary>{t("machine.own")}</summary>
        <TextBox
          name={t(kind === "text" ? "machine.text" : "machine.counts")}
          text={text}
          rows={4}
          set={(typed) => set({ text: typed })}
          problemOf={(typed) => readCorpus(typed, kind, pretokenization).problem}
        />
        <Choice
          name={t("machine.kind")}
          value={kind}
          set={turnInto}
          options={[
            ["text", t("machine.kind.text")],
            ["word-counts", t("machine.kind.word-counts")],
          ]}
        />
      </details>
    </div>
  );
}

/**
 * Whether text is cut, the one that is trained on and the new one alike.
 * @param {{ state: State, set: (changes: Partial<State>) => void }} props
 */
export function Cuts({ state: { kind, pretokenization }, set }) {
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
 *   made: number }} props `made`: how many merges there were to make
 */
export function Settings({ state, set, published, made }) {
  const id = useUniqueId();
  const { num_merges: wanted, tie_break: tieBreak } = state;
  return (
    <div class="cs336-machine-settings">
      <Text state={state} set={set} published={published} />
      <div class="cs336-machine-switches">
        <Cuts state={state} set={set} />
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
          <label for={id}>{t("machine.merges.most")}</label>
          <NumberBox
            id={id}
            name={t("machine.merges.most")}
            value={wanted}
            least={0}
            most={MOST_MERGES}
            set={(to) => set({ num_merges: to })}
          />
        </div>
        {made < wanted && (
          <p class="cs336-quiet">
            {t(made === 1 ? "machine.merges.made.one" : "machine.merges.made", { n: made })}
          </p>
        )}
      </div>
    </div>
  );
}
