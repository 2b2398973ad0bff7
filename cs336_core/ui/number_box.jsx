import { useEffect, useRef, useState } from "preact/hooks";
import { entered, problemOf, UNREADABLE, widthOf } from "./number_entry.js";
import { t } from "./strings.js";

/** @param {HTMLInputElement} input */
const textOf = (input) => (input.validity.badInput ? UNREADABLE : input.value);
/** Milliseconds that the note on a corrected number stays visible. */
const NOTE_DURATION = 5000;

/**
 * A number box. While it has the focus, its text belongs to the reader and stays, however often the
 * figure is rendered; on Enter or blur, the number is clamped to its bounds and set.
 * @param {{ id: string, name: string, value: number, min: number, max: number, whole?: boolean,
 *   set: (value: number) => void }} props `id`: for its label
 */
export function NumberBox({ id, name, value, min, max, whole = true, set }) {
  const bounds = { min, max, whole };
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  const typed = useRef(false);
  const [correction, setCorrection] = useState("");
  useEffect(() => {
    const timer = correction && setTimeout(() => setCorrection(""), NOTE_DURATION);
    return () => clearTimeout(timer || undefined);
  }, [correction]);
  /** @param {HTMLInputElement} input */
  const commit = (input) => {
    const text = textOf(input);
    setDraft(undefined);
    if (!typed.current) return;
    typed.current = false;
    const { value: to, note } = entered(text, bounds, value);
    input.value = String(to);
    setCorrection(note);
    if (to !== value) set(to);
  };
  const problem = draft === undefined ? "" : problemOf(draft, bounds);
  const note = problem || correction;
  return (
    <span class="cs336-number">
      <input
        id={id}
        type="number"
        inputmode={whole ? "numeric" : "decimal"}
        min={min}
        max={max}
        step={whole ? 1 : "any"}
        value={draft === UNREADABLE ? "" : (draft ?? value)}
        style={{ "--digits": widthOf(bounds) }}
        aria-label={t("control.number", { name })}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-note`}
        onFocus={() => setDraft(String(value))}
        onInput={({ currentTarget }) => {
          typed.current = true;
          setCorrection("");
          setDraft(textOf(currentTarget));
        }}
        onChange={({ currentTarget }) => commit(currentTarget)}
        onBlur={({ currentTarget }) => commit(currentTarget)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") commit(currentTarget);
          if (key !== "Escape") return;
          typed.current = false;
          setDraft(undefined);
        }}
      />
      <span id={`${id}-note`} class="cs336-number-note" aria-live="polite">
        {note}
      </span>
    </span>
  );
}
