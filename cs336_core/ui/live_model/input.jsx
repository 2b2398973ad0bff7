// The reader's sentence, in full on a phone, too, and a few to start with.

import { useLayoutEffect, useRef } from "preact/hooks";
import { useUniqueId } from "../id.js";
import { t } from "../strings.js";

/** @param {{ label: string, text: string, problem: string, examples: readonly (readonly [name: string, text: string])[], change: (text: string) => void }} props */
export function Input({ label, text, problem, examples, change }) {
  const id = useUniqueId();
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  // The reader's cursor stays where it is while the figure redraws.
  useLayoutEffect(() => {
    if (field.current && field.current.value !== text && !problem) field.current.value = text;
  }, [text, problem]);
  return (
    <div class="cs336-live-input">
      <label for={id}>{label}</label>
      <textarea
        ref={field}
        id={id}
        rows={1}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-problem`}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        onInput={(event) => change(event.currentTarget.value.replaceAll("\n", " "))}
      />
      <p id={`${id}-problem`} role="alert" class={problem ? "cs336-error" : undefined}>
        {problem}
      </p>
      <div class="cs336-live-examples" role="group" aria-label={t("live.examples")}>
        <span aria-hidden="true">{t("live.examples")}</span>
        {examples.map(([name, example]) => (
          <button key={name} type="button" title={example} onClick={() => change(example)}>
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}
