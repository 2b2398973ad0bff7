// The part under the pointer, or the selected one: what it attends to and what it adds.

import { rowOf } from "../../browser/model/transformer/matrix.js";
import { indicesOf } from "../../browser/model/transformer/parts.js";
import { largest, logitChanges } from "../../browser/model/transformer/reading.js";
import { HeadMap } from "../../ui/live_model/head_map.jsx";
import { describeHead } from "../../ui/live_model/heads.js";
import { decimal } from "../../ui/numbers.js";
import { BLUE, ORANGE, Pixels } from "../../ui/pixels.jsx";
import { t } from "../../ui/strings.js";

/** @typedef {import("./use_reading.js").Reading} Reading */

/** How many tokens a part promotes, in the list. */
const LISTED = 4;

/** The title of a part that is described. @param {string} part @param {Reading} reading */
export function titleOf(part, reading) {
  const indices = indicesOf(part, reading.live.model.config);
  if (!indices) return t("explorer.part.none.title");
  const block = indices.block + 1;
  if (indices.head === undefined) return t("explorer.mlp", { block });
  return t("live.head", { head: indices.head + 1, block });
}

/**
 * A list of tokens with the changes of their logits.
 * @param {{ title: string, ids: number[], changes: Float32Array, labelOf: (id: number) => string }} props
 */
function Changes({ title, ids, changes, labelOf }) {
  return (
    <div>
      <p class="cs336-quiet">{title}</p>
      <ol class="cs336-explorer-changes">
        {ids.map((id) => (
          <li key={id}>
            <bdi>{labelOf(id)}</bdi>
            <span>{decimal(Number(changes[id]), 1)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/**
 * @param {{ reading: Reading, part: string, isRemoved: boolean, toggle: () => void }} props
 */
export function PartPanel({ reading, part, isRemoved, toggle }) {
  const { live, pass, position, removed, labels, labelOf } = reading;
  const indices = indicesOf(part, reading.live.model.config);
  if (!indices) return null;
  const block = /** @type {import("../../browser/model/transformer/block.js").BlockPass} */ (
    pass.blocks[indices.block]
  );
  const head = indices.head === undefined ? undefined : block.attention.heads[indices.head];
  const vector = rowOf(head?.addition ?? block.mlp, position);
  const changes = logitChanges(live.model, pass, position, vector, removed);
  const listed = (/** @type {number} */ sign) =>
    largest(
      changes.map((change, id) => (live.isText[id] ? sign * change : -Infinity)),
      LISTED,
    );
  const hidden = rowOf(block.hidden, position);
  const most = hidden.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return (
    <div class="cs336-explorer-about">
      <p>
        {head
          ? describeHead(labels, head.weights, position)
          : t("explorer.mlp.about", { query: labels[position] ?? "", n: hidden.length })}
      </p>
      <div
        class={head ? "cs336-explorer-map" : "cs336-explorer-hidden"}
        role="img"
        aria-label={t(head ? "explorer.map" : "explorer.hidden", { name: titleOf(part, reading) })}
      >
        {head ? (
          <HeadMap weights={head.weights} position={position} />
        ) : (
          <Pixels
            columns={hidden.length / 8}
            rows={8}
            values={hidden}
            paint={(value) => [value < 0 ? ORANGE : BLUE, Math.min(1, Math.abs(value) / most)]}
          />
        )}
      </div>
      {isRemoved ? (
        <p class="cs336-quiet">{t("explorer.gone")}</p>
      ) : (
        <>
          <div class="cs336-explorer-both">
            <Changes
              title={t("explorer.promotes")}
              ids={listed(1)}
              changes={changes}
              labelOf={labelOf}
            />
            <Changes
              title={t("explorer.demotes")}
              ids={listed(-1)}
              changes={changes}
              labelOf={labelOf}
            />
          </div>
          <p class="cs336-quiet">{t("explorer.effect")}</p>
        </>
      )}
      <button type="button" aria-pressed={isRemoved} onClick={toggle}>
        {t(isRemoved ? "explorer.restore" : "explorer.remove")}
      </button>
    </div>
  );
}
