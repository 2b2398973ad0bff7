// The base of the frequencies, and the entries of the query and the key.

import { useEffect, useState } from "preact/hooks";
import { useUniqueId } from "../../ui/id.js";
import { NumberBox } from "../../ui/number_box.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { schema } from "./state.js";
import { readVectors } from "./vectors.js";

/** @typedef {import("./state.js").State} State */

const THETAS = [100, 10_000, 500_000];
/** @type {[name: string, query: string, key: string][]} */
const PRESETS = [
  ["equal", "1 0 1 0 1 0 1 0", "1 0 1 0 1 0 1 0"],
  ["fast", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0"],
  ["slow", "0 0 0 0 0 0 1 0", "0 0 0 0 0 0 1 0"],
];

/** @param {{ theta: number, set: (changes: Partial<State>) => void }} props */
export function Theta({ theta, set }) {
  const id = useUniqueId();
  const name = t("rotary.theta");
  return (
    <div class="cs336-rotary-theta">
      <label for={id}>{name}</label>
      <NumberBox
        id={id}
        name={name}
        value={theta}
        min={schema.theta.min}
        max={schema.theta.max}
        set={(value) => set({ theta: value })}
      />
      <span class="cs336-toolbar" role="group" aria-label={`${t("rotary.theta.try")} ${name}`}>
        {THETAS.map((preset) => (
          <button
            key={preset}
            type="button"
            aria-pressed={preset === theta}
            onClick={() => set({ theta: preset })}
          >
            {formatNumber(preset)}
          </button>
        ))}
      </span>
    </div>
  );
}

/**
 * Both vectors as text; they update effect as soon as both are valid.
 * @param {{ state: State, published: State, set: (changes: Partial<State>) => void }} props
 */
export function Vectors({ state: { query, key_vector: key }, published, set }) {
  const [drafts, setDrafts] = useState(/** @type {[query: string, key: string]} */ ([query, key]));
  const id = useUniqueId();
  useEffect(() => setDrafts([query, key]), [query, key]);
  const { problem } = readVectors(...drafts);
  /** @param {[query: string, key: string]} typed */
  const update = (typed) => {
    setDrafts(typed);
    if (!readVectors(...typed).problem) set({ query: typed[0], key_vector: typed[1] });
  };
  /** @param {"query" | "key"} kind @param {string} value @param {(text: string) => void} changed */
  const box = (kind, value, changed) => (
    <div class="cs336-rotary-vector">
      <label for={`${id}-${kind}`}>{t(`rotary.vector.${kind}`)}</label>
      <input
        id={`${id}-${kind}`}
        type="text"
        value={value}
        maxlength={200}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-how`}
        onInput={(event) => changed(event.currentTarget.value)}
      />
    </div>
  );
  return (
    <details class="cs336-rotary-vectors">
      <summary>{t("rotary.vectors")}</summary>
      <div class="cs336-toolbar" role="group" aria-label={t("rotary.preset")}>
        {[...PRESETS, ["published", published.query, published.key_vector]].map(
          ([name, q = "", k = ""]) => (
            <button
              key={name}
              type="button"
              aria-pressed={q === query && k === key}
              onClick={() => set({ query: q, key_vector: k })}
            >
              {t(`rotary.preset.${name}`)}
            </button>
          ),
        )}
      </div>
      {box("query", drafts[0], (typed) => update([typed, drafts[1]]))}
      {box("key", drafts[1], (typed) => update([drafts[0], typed]))}
      <p id={`${id}-how`} class={problem ? "cs336-error" : "cs336-quiet"}>
        {problem || t("rotary.vector.how")}
      </p>
    </details>
  );
}
