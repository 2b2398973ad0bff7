// What fast memory holds, and how many numbers were moved in and out of it.

import { moved } from "../../browser/model/memory_io.js";
import { Bars } from "../../ui/bars.jsx";
import { Panel } from "../../ui/panel.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { range } from "./text.js";

/** @typedef {import("../../browser/model/flash_steps.js").Step} Step */
/** @typedef {import("../../browser/model/memory_io.js").Traffic} Traffic */

/**
 * What fast memory holds at a tile: name, number of entries, and what happens to them.
 * @param {Step} step
 * @param {number} d the head width
 * @returns {[name: string, numbers: number, note: string][]}
 */
function contents({ tile, rows }, d) {
  const columns = tile.right - tile.left;
  const width = rows[0]?.output.length ?? 0;
  const queries = { rows: range(tile.top, tile.bottom) };
  const keys = { rows: range(tile.left, tile.right) };
  const sums = tile.isLast ? "written" : tile.isFirst ? "computed" : "updated";
  return [
    [
      t("flash.memory.queries", queries),
      rows.length * d,
      t(tile.isFirst ? "flash.memory.read" : "flash.memory.stays"),
    ],
    [t("flash.memory.keys", keys), columns * d, t("flash.memory.read")],
    [t("flash.memory.values", keys), columns * width, t("flash.memory.read")],
    [t("flash.memory.scores"), rows.length * columns, t("flash.memory.computed")],
    [t("flash.memory.sums"), 2 * rows.length, t(`flash.memory.${sums}`)],
    [t("flash.memory.output"), rows.length * width, t(`flash.memory.${sums}`)],
  ];
}

/**
 * @param {{ current: Step | undefined, next: Step, d: number, n: number }} props `next`: the first step,
 *   listed before it runs; `n`: the number of queries and keys
 */
export function Memory({ current, next, d, n }) {
  const parts = current
    ? contents(current, d)
    : contents(next, d).map(([name]) => /** @type {const} */ ([name, 0, ""]));
  const sum = parts.reduce((total, [, numbers]) => total + numbers, 0);
  return (
    <Panel kind="flash-memory" title={t("flash.memory", { n: formatNumber(sum) })}>
      <table>
        <tbody>
          {parts.map(([name, numbers, note]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{numbers}</td>
              <td class="cs336-quiet">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="cs336-quiet">{t("flash.memory.naive", { n: formatNumber(n * n) })}</p>
    </Panel>
  );
}

/** @param {{ sofar: Traffic, flash: Traffic, naive: Traffic }} props */
export function TrafficPanel({ sofar, flash, naive }) {
  /** @param {string} key @param {Traffic} traffic */
  const row = (key, traffic) => ({
    key,
    label: t(`flash.traffic.${key}`),
    count: moved(traffic),
    note: t("flash.traffic.parts", {
      read: formatNumber(traffic.read),
      written: formatNumber(traffic.written),
    }),
    now: key === "flash",
  });
  return (
    <Panel kind="flash-traffic" title={t("flash.traffic")}>
      <Bars
        rows={[row("flash", sofar), row("total", flash), row("naive", naive)]}
        unit={formatNumber}
      />
      {moved(flash) > moved(naive) && <p class="cs336-quiet">{t("flash.traffic.more")}</p>}
      <p class="cs336-quiet">{t("flash.traffic.summary")}</p>
    </Panel>
  );
}
