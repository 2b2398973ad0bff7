// How a token was formed: its merge tree, and the merges in words.

import { useEffect, useRef, useState } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { labelsOf } from "../../ui/tokens.js";
import { madeFor, originOf, partOf, timesAt } from "./merge_tree.js";
import { Chip, chipHandlers } from "./token_rows.jsx";

/** Bytes at the foot of a tree that is drawn. */
const DRAWN = 40;
/** Merges that are listed, the last ones, unless all are asked for. */
const LISTED = 40;
/** Tokens that are listed as made of this one. */
const LATER = 12;

/** @param {{ origin: import("./merge_tree.js").Origin, vocab: readonly Uint8Array[] }} props */
function Tree({ origin: { id, parts }, vocab }) {
  return (
    <li>
      <Chip id={id} bytes={vocab[id] ?? new Uint8Array()} vocab={vocab} clickable />
      {parts.length > 0 && (
        <ul>
          {parts.map((part, side) => (
            <Tree key={side} origin={part} vocab={vocab} />
          ))}
        </ul>
      )}
    </li>
  );
}

/**
 * The merges that made a token, in words.
 * @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, made: number[], title: string }} props `made`: the ids that they made
 */
function Made({ run: { merges, vocab }, made, title }) {
  const [all, showAll] = useState(false);
  const label = labelsOf(vocab);
  const hidden = all ? 0 : Math.max(0, made.length - LISTED);
  return (
    <ol class="cs336-machine-made" tabIndex={0} aria-label={title}>
      {hidden > 0 && (
        <li key="more">
          <button type="button" onClick={() => showAll(true)}>
            {t("machine.vocab.all", { n: hidden })}
          </button>
        </li>
      )}
      {made.slice(hidden).map((one) => {
        const [left, right] =
          /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (
            merges[one - 256]
          );
        return (
          <li key={one}>
            {t("machine.origin.step", {
              n: one - 255,
              left: label(left),
              right: label(right),
              token: label(one),
            })}
          </li>
        );
      })}
    </ol>
  );
}

/**
 * How often a token stands in the text, and what it became a part of.
 * @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, step: number, id: number, choose: (id: number) => void }} props
 */
function Presence({ run, step, id, choose }) {
  const { merges, vocab } = run;
  if (id - 255 > step) return <p class="cs336-quiet">{t("machine.origin.later", { step })}</p>;
  const times = timesAt(run, id, step);
  const later = partOf(merges, id, step);
  const key =
    times > 1
      ? "machine.origin.times"
      : times === 1
        ? "machine.origin.times.one"
        : "machine.origin.times.none";
  return (
    <>
      <p class="cs336-quiet">{t(key, { n: times })}</p>
      {later.length > 0 && (
        <div
          class="cs336-machine-later"
          role="group"
          tabIndex={0}
          aria-label={t("machine.origin.part")}
          {...chipHandlers(choose)}
        >
          <span class="cs336-quiet">{t("machine.origin.part")}</span>
          {later.slice(0, LATER).map((one) => (
            <Chip
              key={one}
              id={one}
              bytes={vocab[one] ?? new Uint8Array()}
              vocab={vocab}
              clickable
            />
          ))}
          {later.length > LATER && <span class="cs336-quiet">…</span>}
        </div>
      )}
    </>
  );
}

/**
 * @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, step: number | undefined, id: number | undefined, follows: boolean,
 *   choose: (id: number) => void, follow: () => void, go: (step: number) => void }} props
 *   `step`: of training, if that is in view; `follows`: whether it is the newest token, rather than one that the reader chose
 */
export function OriginPanel({ run, step, id, follows, choose, follow, go }) {
  const { merges, vocab } = run;
  const words = useRef(/** @type {HTMLDivElement | null} */ (null));
  // The answer to a click must be in sight.
  useEffect(() => {
    if (!follows) words.current?.closest(".cs336-panel")?.scrollIntoView({ block: "nearest" });
  }, [follows, id]);
  const bytes = id === undefined ? undefined : vocab[id];
  if (id === undefined || bytes === undefined) {
    return (
      <Panel kind="machine-origin" title={t("machine.origin.none")}>
        <p class="cs336-quiet">{t("machine.origin.how")}</p>
      </Panel>
    );
  }
  const token = labelsOf(vocab)(id);
  const origin = originOf(merges, id);
  const merge = id - 255; // the number of the merge that made it; a byte has none
  return (
    <Panel kind="machine-origin" title={t("machine.origin", { token })}>
      {merge >= 1 && bytes.length <= DRAWN && (
        <div
          class="cs336-machine-tree"
          tabIndex={0}
          role="group"
          aria-label={t("machine.origin.tree", { token })}
          {...chipHandlers(choose)}
        >
          <ul>
            <Tree origin={origin} vocab={vocab} />
          </ul>
        </div>
      )}
      {bytes.length > DRAWN && (
        <p class="cs336-quiet">{t("machine.origin.large", { n: bytes.length })}</p>
      )}
      <div ref={words}>
        {merge < 1 && <p>{t("machine.origin.byte", { token, id })}</p>}
        {merge >= 1 && (
          <Made run={run} made={madeFor(origin)} title={t("machine.origin", { token })} />
        )}
        {step !== undefined && <Presence run={run} step={step} id={id} choose={choose} />}
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
          <button type="button" aria-disabled={follows} onClick={() => follows || follow()}>
            {t("machine.origin.newest")}
          </button>
          {follows && <p class="cs336-quiet">{t("machine.origin.how")}</p>}
        </div>
      </div>
    </Panel>
  );
}
