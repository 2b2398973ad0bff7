// One tokenizer: its counts for the text, the tokens and their ids.

import { useMemo } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { nameOf, statistics } from "./text.js";
import { TokenList } from "./token_list.jsx";

/** @typedef {import("./encoding_worker.js").Result | import("./encoding_worker.js").Failure} Answer */

/** @param {Uint8Array | Int32Array} ids @param {string} name @param {(message: string) => void} report */
async function copy(ids, name, report) {
  try {
    await navigator.clipboard.writeText(`[${ids.join(", ")}]`);
    report(t("playground.ids.copied", { n: formatNumber(ids.length), name }));
  } catch {
    report(t("playground.ids.failed"));
  }
}

/** Characters of a text that fill the box of its tokens. */
const FULL = 2000;

/**
 * What a panel shows while it loads its vocabulary: the text, about as high as its tokens and ids.
 * @param {{ text: string }} props
 */
function Waiting({ text }) {
  return (
    <div class="cs336-quiet cs336-tokenizer-waiting" data-waiting>
      <p>{t("playground.loading")}</p>
      <p class="cs336-pieces" aria-hidden="true">
        {text.slice(0, FULL)}
      </p>
    </div>
  );
}

/**
 * @param {{ name: string, text: string, answer: Answer | undefined, stale: boolean,
 *   links: import("./links.js").Links, scheduler: import("./frame_scheduler.js").FrameScheduler,
 *   report: (message: string) => void }} props `stale`: whether the answer is for an older text
 */
export function TokenizerPanel({ name, text, answer, stale, links, scheduler, report }) {
  const title = nameOf(name);
  // Rendered again only for a new answer, although the rest of the figure changes at every key.
  const tokenList = useMemo(
    () =>
      answer &&
      "counts" in answer && (
        <TokenList key={answer.run} result={answer} links={links} scheduler={scheduler} />
      ),
    [answer],
  );
  return (
    <Panel kind="tokenizer" title={title}>
      <p class="cs336-quiet">{t(`playground.about.${name}`)}</p>
      {!answer && <Waiting text={text} />}
      {answer && "error" in answer && (
        <p class="cs336-error">{t("playground.failed", { error: answer.error })}</p>
      )}
      {answer && "counts" in answer && (
        <>
          <div class="cs336-counts">
            <p class="cs336-figure-number">
              {formatNumber(answer.counts.tokens)}{" "}
              <small>
                {t(answer.counts.tokens === 1 ? "playground.tokens.one" : "playground.tokens")}
              </small>
            </p>
            <ul class="cs336-quiet">
              {stale ? (
                <li>{t("playground.working")}</li>
              ) : (
                statistics(answer.counts).map(({ text, title: explanation }) => (
                  <li key={text} title={explanation}>
                    {text}
                  </li>
                ))
              )}
            </ul>
          </div>
          {tokenList}
          {answer.pieces.length < answer.counts.tokens && (
            <p class="cs336-quiet">
              {t("playground.part", {
                shown: formatNumber(answer.pieces.length),
                n: formatNumber(answer.counts.tokens),
              })}
            </p>
          )}
          {answer.counts.tokens > 0 && (
            <button
              type="button"
              title={t("playground.ids.copy.title", { name: title })}
              onClick={() => copy(answer.ids, title, report)}
            >
              {t("playground.ids.copy")}
            </button>
          )}
        </>
      )}
    </Panel>
  );
}
