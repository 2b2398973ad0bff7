// One tokenizer: how many tokens it makes of the text, which, and their ids.

import { useMemo } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { figures, grouped, nameOf } from "./text.js";
import { Pieces } from "./token_list.jsx";

/** @typedef {import("./encoding_worker.js").Result | import("./encoding_worker.js").Failure} Answer */

/** @param {Uint8Array | Int32Array} ids @param {string} name @param {(message: string) => void} say */
async function copy(ids, name, say) {
  try {
    await navigator.clipboard.writeText(`[${ids.join(", ")}]`);
    say(t("playground.ids.copied", { n: grouped(ids.length), name }));
  } catch {
    say(t("playground.ids.failed"));
  }
}

/**
 * @param {{ name: string, answer: Answer | undefined, late: boolean, links: import("./links.js").Links,
 *   turns: import("./frame_scheduler.js").Turns, say: (message: string) => void }} props `late`: whether the answer is to an older text
 */
export function Tokenizer({ name, answer, late, links, turns, say }) {
  const title = nameOf(name);
  // Drawn anew only with a new answer: the rest of the figure changes at every key.
  const pieces = useMemo(
    () =>
      answer &&
      "counts" in answer && <Pieces key={answer.run} result={answer} links={links} turns={turns} />,
    [answer],
  );
  return (
    <Panel kind="tokenizer" title={title}>
      <p class="cs336-quiet">{t(`playground.about.${name}`)}</p>
      {!answer && (
        <p class="cs336-quiet" data-waiting>
          {t("playground.loading")}
        </p>
      )}
      {answer && "error" in answer && (
        <p class="cs336-error">{t("playground.failed", { error: answer.error })}</p>
      )}
      {answer && "counts" in answer && (
        <>
          <div class="cs336-counts">
            <p class="cs336-figure-number">
              {grouped(answer.counts.tokens)}{" "}
              <small>
                {t(answer.counts.tokens === 1 ? "playground.tokens.one" : "playground.tokens")}
              </small>
            </p>
            <ul class="cs336-quiet">
              {late ? (
                <li>{t("playground.working")}</li>
              ) : (
                figures(answer.counts).map((figure) => (
                  <li key={figure.text} title={figure.title}>
                    {figure.text}
                  </li>
                ))
              )}
            </ul>
          </div>
          {pieces}
          {answer.pieces.length < answer.counts.tokens && (
            <p class="cs336-quiet">
              {t("playground.part", {
                shown: grouped(answer.pieces.length),
                n: grouped(answer.counts.tokens),
              })}
            </p>
          )}
          {answer.counts.tokens > 0 && (
            <button
              type="button"
              title={t("playground.ids.copy.title", { name: title })}
              onClick={() => copy(answer.ids, title, say)}
            >
              {t("playground.ids.copy")}
            </button>
          )}
        </>
      )}
    </Panel>
  );
}
