// What a program wrote, the value of its last line, and the exception that ended it.

import { t } from "../strings.js";
import "./strings.en.js";

/**
 * @param {{ run: import("./use_run.js").RunState, goTo: (line: number) => void }} props
 *   `goTo`: moves the cursor to a line
 */
export function Output({ run, goTo }) {
  const { pieces, outcome } = run;
  const error = outcome?.error;
  const isEmpty = !pieces.length && !error && !outcome?.result;
  return (
    <div class="cs336-python-output" role="region" aria-label={t("program.output")}>
      {isEmpty && <p class="cs336-quiet">{t(hint(run))}</p>}
      {pieces.length > 0 && (
        <pre tabIndex={0} aria-label={t("program.written")}>
          {pieces.map(({ stream, text }, i) => (
            <span key={i} class={`cs336-python-${stream}`}>
              {text}
            </span>
          ))}
        </pre>
      )}
      {outcome?.result && (
        <p class="cs336-python-result">
          <span class="cs336-quiet">{t("program.result")}</span> <code>{outcome.result}</code>
        </p>
      )}
      {error && (
        <div class="cs336-python-error">
          <div class="cs336-python-message">
            <p>
              <strong>{error.type}</strong>
              {error.message && `: ${error.message}`}
            </p>
            {error.line !== null && (
              <button type="button" onClick={() => goTo(/** @type {number} */ (error.line))}>
                {t("program.line", { line: error.line })}
              </button>
            )}
          </div>
          <details>
            <summary>{t("program.traceback")}</summary>
            <pre>{error.traceback}</pre>
          </details>
        </div>
      )}
    </div>
  );
}

/** What an empty output says. @param {import("./use_run.js").RunState} run */
function hint({ status, outcome }) {
  if (status !== "idle") return `program.empty.${status}`;
  return outcome ? "program.empty" : "program.empty.before";
}
