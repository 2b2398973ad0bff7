// The parts of an exercise around its editor.

import { useState } from "preact/hooks";
import { useUniqueId } from "../../ui/id.js";
import { Sentence } from "../../ui/sentence.jsx";
import { t } from "../../ui/strings.js";

/** @param {{ result: import("./check.js").Result }} props */
export function Result({ result: { passed, message, note, printed } }) {
  return (
    <div class="cs336-turn-result" data-passed={passed}>
      <p>
        <span aria-hidden="true">{passed ? "✓ " : "✗ "}</span>
        {message}
      </p>
      {note && <p>{note}</p>}
      {printed && !message.includes("printed") && (
        <>
          <p>{t("turn.printed")}</p>
          <pre class="cs336-turn-code cs336-scrolls">{printed}</pre>
        </>
      )}
    </div>
  );
}

/**
 * Hints, of which the reader asks for one after the other, and the course's own function, for a reader
 * who has tried.
 * @param {{ hints: string[], shown: number, show: (hint: number) => void, solution?: string }} props
 */
export function Help({ hints, shown, show, solution }) {
  const [isSolved, setSolved] = useState(false);
  const id = useUniqueId();
  const all = hints.length;
  const isLast = shown >= all;
  return (
    <div class="cs336-turn-help">
      {shown > 0 && (
        <ol aria-label={t("turn.hints")}>
          {hints.slice(0, shown).map((hint) => (
            <li key={hint}>
              <Sentence text={hint} />
            </li>
          ))}
        </ol>
      )}
      <div class="cs336-turn-bar">
        <button type="button" aria-disabled={isLast} onClick={() => !isLast && show(shown + 1)}>
          {isLast ? t("turn.hint.none") : t("turn.hint", { n: shown + 1, all })}
        </button>
        {solution && (
          <button
            type="button"
            aria-expanded={isSolved}
            aria-controls={id}
            onClick={() => setSolved(!isSolved)}
          >
            {t(isSolved ? "turn.solution.hide" : "turn.solution")}
          </button>
        )}
      </div>
      {solution && (
        <pre
          id={id}
          class="cs336-turn-code cs336-scrolls"
          hidden={!isSolved}
          tabIndex={0}
          aria-label={t("turn.solution.label")}
        >
          {solution}
        </pre>
      )}
    </div>
  );
}
