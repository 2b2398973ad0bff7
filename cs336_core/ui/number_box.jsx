import { useEffect, useRef, useState } from "preact/hooks";
import { entered, problemOf, UNREADABLE, widthOf } from "./number_entry.js";
import { t } from "./strings.js";

/** @param {HTMLInputElement} input */
const textOf = (input) => (input.validity.badInput ? UNREADABLE : input.value);
/** Milliseconds that the note stays on a number that was not taken as it was typed. */
const NOTED = 5000;

/**
 * A number that is typed. From when the box has the focus, what is in it is the reader's: it stays
 * until Enter, or until they leave the box, however often the figure is drawn meanwhile; then what
 * they typed is taken, within its bounds.
 * @param {{ id: string, name: string, value: number, least: number, most: number, whole?: boolean,
 *   set: (value: number) => void }} props `id`: for its label
 */
export function NumberBox({ id, name, value, least, most, whole = true, set }) {
  const bounds = { least, most, whole };
  const [draft, write] = useState(/** @type {string | undefined} */ (undefined));
  const typed = useRef(false);
  const [noted, tell] = useState("");
  useEffect(() => {
    const timer = noted && setTimeout(() => tell(""), NOTED);
    return () => clearTimeout(timer || undefined);
  }, [noted]);
  /** @param {HTMLInputElement} input */
  const take = (input) => {
    const text = textOf(input);
    write(undefined);
    if (!typed.current) return;
    typed.current = false;
    const { value: to, note } = entered(text, bounds, value);
    input.value = String(to);
    tell(note);
    if (to !== value) set(to);
  };
  const problem = draft === undefined ? "" : problemOf(draft, bounds);
  const note = problem || noted;
  return (
    <span class="cs336-number">
      <input
        id={id}
        type="number"
        inputmode={whole ? "numeric" : "decimal"}
        min={least}
        max={most}
        step={whole ? 1 : "any"}
        value={draft === UNREADABLE ? "" : (draft ?? value)}
        style={{ "--digits": widthOf(bounds) }}
        aria-label={t("control.number", { name })}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-note`}
        onFocus={() => write(String(value))}
        onInput={({ currentTarget }) => {
          typed.current = true;
          tell("");
          write(textOf(currentTarget));
        }}
        onChange={({ currentTarget }) => take(currentTarget)}
        onBlur={({ currentTarget }) => take(currentTarget)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") take(currentTarget);
          if (key !== "Escape") return;
          typed.current = false;
          write(undefined);
        }}
      />
      <span id={`${id}-note`} class="cs336-number-note" aria-live="polite">
        {note}
      </span>
    </span>
  );
}
