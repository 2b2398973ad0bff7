// A strip for each kind of model, with a dot for every published one.

import { useMemo, useState } from "preact/hooks";
import { percent } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { presetKinds, TOKENS } from "./presets_strip.js";

/** @typedef {import("./presets_strip.js").Member} Member */

const [LEAST, MOST] = [0.3, 0.9];
const TICKS = [0.4, 0.6, 0.8];

/** The position on the axis, in percent of its length. @param {number} fraction */
const positionOf = (fraction) => `${((100 * (fraction - LEAST)) / (MOST - LEAST)).toFixed(2)}%`;

/** @param {readonly Member[]} members @param {PointerEvent & { currentTarget: HTMLElement }} event */
function nearest(members, event) {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  const fraction = LEAST + ((event.clientX - left) / width) * (MOST - LEAST);
  const distance = (/** @type {Member} */ { mlp }) => Math.abs(mlp - fraction);
  return members.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** @param {{ shown: string | undefined, choose: (name: string) => void }} props `shown`: the model above */
export function PresetsStrip({ shown, choose }) {
  const kinds = useMemo(presetKinds, []);
  const [pointed, point] = useState(/** @type {Member | undefined} */ (undefined));
  const [plain, shared] = [kinds[0]?.largest, kinds.at(-1)?.largest];
  const sentence = pointed
    ? t("flops.strip.model", { title: pointed.title, mlp: percent(pointed.mlp) })
    : t("flops.strip.what", {
        plain: plain?.title ?? "",
        plainMlp: percent(plain?.mlp ?? 0),
        shared: shared?.title ?? "",
        sharedMlp: percent(shared?.mlp ?? 0),
      });
  return (
    <Panel kind="flops-strip" title={t("flops.strip", { n: formatNumber(TOKENS) })}>
      <div class="cs336-flops-strip-rows">
        {kinds.map(({ kind, members, largest }) => {
          const name = t(`flops.strip.${kind}`);
          const [first, last] = [members[0], members.at(-1)];
          return (
            <div key={kind} class="cs336-flops-strip-row">
              <span>{name}</span>
              <div
                class="cs336-flops-strip-axis"
                role="img"
                aria-label={t("flops.strip.summary", {
                  kind: name,
                  from: percent(first?.mlp ?? 0),
                  first: first?.title ?? "",
                  to: percent(last?.mlp ?? 0),
                  last: last?.title ?? "",
                  largest: largest.title,
                  mlp: percent(largest.mlp),
                })}
                onPointerMove={(event) => point(nearest(members, event))}
                onPointerLeave={() => point(undefined)}
                onClick={(event) => choose(nearest(members, /** @type {any} */ (event)).name)}
              >
                {TICKS.map((tick) => (
                  <i key={tick} style={{ left: positionOf(tick) }} />
                ))}
                {members.map((member) => (
                  <span
                    key={member.name}
                    data-now={member === pointed || member.name === shown || undefined}
                    style={{ left: positionOf(member.mlp) }}
                  />
                ))}
                <b style={{ left: positionOf(largest.mlp) }}>{percent(largest.mlp)}</b>
              </div>
            </div>
          );
        })}
        <div class="cs336-flops-strip-row" aria-hidden="true">
          <span />
          <div class="cs336-flops-strip-ticks">
            {TICKS.map((tick) => (
              <span key={tick} style={{ left: positionOf(tick) }}>
                {percent(tick, 0)}
              </span>
            ))}
          </div>
        </div>
      </div>
      <p class="cs336-quiet cs336-flops-strip-what">{sentence}</p>
    </Panel>
  );
}
