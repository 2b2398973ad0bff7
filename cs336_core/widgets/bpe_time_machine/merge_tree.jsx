// How a token was formed: its merge tree, and the merges in words.

import { useEffect, useRef, useState } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { labelsOf } from "../../ui/tokens.js";
import { mergedIds, mergeTree, occurrencesAt, tokensWithHalf } from "./merge_tree.js";
import { Chip, chipHandlers } from "./token_rows.jsx";

/** The largest tree that is drawn, in leaves. */
const MAX_LEAVES = 40;
/** The last merges of a token are listed, until the reader requests all. */
const LISTED = 40;
/** Later tokens that are listed for a token. */
const MAX_LATER = 12;

/** @param {{ tree: import("./merge_tree.js").MergeTree, vocab: readonly Uint8Array[] }} props */
function Tree({ tree: { id, parts }, vocab }) {
  return (
    <li>
      <Chip id={id} bytes={vocab[id] ?? new Uint8Array()} vocab={vocab} plain clickable />
      {parts.length > 0 && (
        <ul>
          {parts.map((part, side) => (
            <Tree key={side} tree={part} vocab={vocab} />
          ))}
        </ul>
      )}
    </li>
  );
}

/**
 * The merges that formed a token, in words.
 * @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, ids: number[], title: string }} props `ids`: of the merged tokens
 */
function Merges({ run: { merges, vocab }, ids, title }) {
  const [all, showAll] = useState(false);
  const label = labelsOf(vocab);
  const hidden = all ? 0 : Math.max(0, ids.length - LISTED);
  return (
    <ol class="cs336-machine-merges" tabIndex={0} aria-label={title}>
      {hidden > 0 && (
        <li key="more">
          <button type="button" onClick={() => showAll(true)}>
            {t("machine.vocab.all", { n: hidden })}
          </button>
        </li>
      )}
      {ids.slice(hidden).map((id) => {
        const [left, right] =
          /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (
            merges[id - 256]
          );
        return (
          <li key={id}>
            {t("machine.origin.step", {
              n: id - 255,
              left: label(left),
              right: label(right),
              token: label(id),
            })}
          </li>
        );
      })}
    </ol>
  );
}

/**
 * How often a token occurs in the text, and which tokens it became a half of.
 * @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, step: number, id: number, choose: (id: number) => void }} props
 */
function Occurrences({ run, step, id, choose }) {
  const { merges, vocab } = run;
  if (id - 255 > step) return <p class="cs336-quiet">{t("machine.origin.later", { step })}</p>;
  const occurrences = occurrencesAt(run, id, step);
  const later = tokensWithHalf(merges, id, step);
  const key =
    occurrences > 1
      ? "machine.origin.times"
      : occurrences === 1
        ? "machine.origin.times.one"
        : "machine.origin.times.none";
  return (
    <>
      <p class="cs336-quiet">{t(key, { n: occurrences })}</p>
      {later.length > 0 && (
        <div
          class="cs336-machine-later"
          role="group"
          tabIndex={0}
          aria-label={t("machine.origin.part")}
          {...chipHandlers(choose)}
        >
          <span class="cs336-quiet">{t("machine.origin.part")}</span>
          {later.slice(0, MAX_LATER).map((laterId) => (
            <Chip
              key={laterId}
              id={laterId}
              bytes={vocab[laterId] ?? new Uint8Array()}
              vocab={vocab}
              clickable
            />
          ))}
          {later.length > MAX_LATER && <span class="cs336-quiet">…</span>}
        </div>
      )}
    </>
  );
}

/**
 * @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, step: number | undefined, id: number | undefined, isNewest: boolean,
 *   choose: (id: number) => void, follow: () => void, go: (step: number) => void }} props
 *   `step`: of training, undefined while encoding is shown; `isNewest`: whether the panel follows the newest
 *   token instead of one that the reader chose
 */
export function OriginPanel({ run, step, id, isNewest, choose, follow, go }) {
  const { merges, vocab } = run;
  const details = useRef(/** @type {HTMLDivElement | null} */ (null));
  // Clicking a token must bring its explanation into view.
  useEffect(() => {
    if (!isNewest) details.current?.closest(".cs336-panel")?.scrollIntoView({ block: "nearest" });
  }, [isNewest, id]);
  const bytes = id === undefined ? undefined : vocab[id];
  if (id === undefined || bytes === undefined) {
    return (
      <Panel kind="machine-origin" title={t("machine.origin.none")}>
        <p class="cs336-quiet">{t("machine.origin.how")}</p>
      </Panel>
    );
  }
  const token = labelsOf(vocab)(id);
  const tree = mergeTree(merges, id);
  const merge = id - 255; // the number of the merge that formed it; below 1 for a single byte
  return (
    <Panel kind="machine-origin" title={t("machine.origin", { token })}>
      {merge >= 1 && bytes.length <= MAX_LEAVES && (
        <div
          class="cs336-machine-tree cs336-scrolls"
          tabIndex={0}
          role="group"
          aria-label={t("machine.origin.tree", { token })}
          {...chipHandlers(choose)}
        >
          <ul>
            <Tree tree={tree} vocab={vocab} />
          </ul>
        </div>
      )}
      {bytes.length > MAX_LEAVES && (
        <p class="cs336-quiet">{t("machine.origin.large", { n: bytes.length })}</p>
      )}
      <div ref={details}>
        {merge < 1 && <p>{t("machine.origin.byte", { token, id })}</p>}
        {merge >= 1 && (
          <Merges run={run} ids={mergedIds(tree)} title={t("machine.origin", { token })} />
        )}
        {step !== undefined && <Occurrences run={run} step={step} id={id} choose={choose} />}
        <div class="cs336-toolbar">
          {merge >= 1 && (
            <button
              type="button"
              aria-disabled={merge === step}
              onClick={() => merge === step || go(merge)}
            >
              {t("machine.origin.go", { n: merge })}
            </button>
          )}
          <button type="button" aria-disabled={isNewest} onClick={() => isNewest || follow()}>
            {t("machine.origin.newest")}
          </button>
          {isNewest && <p class="cs336-quiet">{t("machine.origin.how")}</p>}
        </div>
      </div>
    </Panel>
  );
}
