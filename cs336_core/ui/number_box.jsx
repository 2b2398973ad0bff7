import { useEffect, useRef, useState } from "preact/hooks";
import { entered, problemOf, UNREADABLE, widthOf } from "./number_entry.js";
import { t } from "./strings.js";

/** @param {HTMLInputElement} input */
const textOf = (input) => (input.validity.badInput ? UNREADABLE : input.value);
/** Milliseconds that the note on a corrected number stays visible. */
const NOTED = 5000;

/**
 * A number box. While it has the focus, its text belongs to the reader and stays, however often the
 * figure is rendered; on Enter or blur, the number is clamped to its bounds and set.
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
