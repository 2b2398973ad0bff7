import { useEffect, useState } from "preact/hooks";
import { LONGEST, wellFormed } from "../../browser/tokenization/corpus.js";
import { useUniqueId } from "../../ui/id.js";
import { formatNumber, t } from "../../ui/strings.js";

/** The text takes effect after this many milliseconds without typing. */
const TYPING_PAUSE = 350;

/**
 * A text of the reader's own. It takes effect after a pause in typing, unless it has a problem.
 * @param {{ name: string, text: string, rows: number, problemOf: (text: string) => string,
 *   set: (text: string) => void }} props
 */
export function TextBox({ name, text, rows, problemOf, set }) {
  const [draft, setDraft] = useState(text);
  const id = useUniqueId();
  useEffect(() => setDraft(text), [text]);
  const problem = problemOf(draft);
  useEffect(() => {
    if (problem || draft === text) return undefined;
    const timer = setTimeout(() => set(wellFormed(draft)), TYPING_PAUSE);
    return () => clearTimeout(timer);
  }, [draft, problem]);
  return (
    <div class="cs336-machine-text">
      <label for={id}>{name}</label>
      <textarea
        id={id}
        rows={rows}
        value={draft}
        spellcheck={false}
        autocomplete="off"
        dir="auto"
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-size`}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      <p id={`${id}-size`} class={problem ? "cs336-error" : "cs336-quiet"}>
        {problem ||
          t("machine.text.size", {
            n: formatNumber(new TextEncoder().encode(draft).length),
            max: formatNumber(LONGEST),
          })}
      </p>
    </div>
  );
}
