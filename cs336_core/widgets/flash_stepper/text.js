// A step in words.

import { decimal } from "../../ui/numbers.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import "./strings.en.js";
import { moved } from "../../browser/model/memory_io.js";

/** @typedef {import("../../browser/model/flash_steps.js").Step} Step */

/** @param {number} value */
export const short = (value) => (value === -Infinity ? "−∞" : decimal(value, 2));

/** @param {readonly number[]} values */
export const vector = (values) => `(${values.map(short).join(", ")})`;

/** Positions from `from` up to but not including `end`, counted from 0, as text that counts from 1. @param {number} from @param {number} end */
export function range(from, end) {
  return end - from === 1 ? String(end) : t("flash.range", { from: from + 1, to: end });
}

/** @typedef {Pick<import("../../browser/model/flash_tiles.js").Tile, "top" | "bottom" | "left" | "right">} Bounds */

/** The queries of a tile. @param {Bounds} tile */
export const queriesText = ({ top, bottom }) =>
  plural("flash.queries", bottom - top, { n: range(top, bottom) });

/** Its keys. @param {Bounds} tile */
export const keysText = ({ left, right }) =>
  plural("flash.keys", right - left, { n: range(left, right) });

/** Its keys and values. @param {Bounds} tile */
const keysAndValuesText = ({ left, right }) =>
  plural("flash.keys.values", right - left, { n: range(left, right) });

/** Whether a row rescales its earlier sums, since its maximum rose. @param {import("../../browser/model/flash_steps.js").RowStep} row */
export const rescales = ({ before, highest }) => before !== -Infinity && highest > before;

/**
 * @param {readonly Step[]} steps
 * @param {number} step the number of tiles done
 * @param {number} skipped the number of tiles skipped
 * @param {import("../../browser/model/memory_io.js").Traffic} flash in total
 * @param {import("../../browser/model/memory_io.js").Traffic} naive in total
 */
export function describe(steps, step, skipped, flash, naive) {
  const current = steps[step - 1];
  if (!current)
    return [
      plural("flash.status.start", steps.length),
      ...(skipped ? [plural("flash.status.skipped", skipped)] : []),
    ].join(" ");
  const { tile, rows } = current;
  const sentences = [
    t(tile.isFirst ? "flash.status.first" : "flash.status.next", {
      step,
      last: steps.length,
      rows: queriesText(tile),
      columns: keysAndValuesText(tile),
    }),
  ];
  const n = rows.filter(rescales).length;
  if (n) sentences.push(plural("flash.status.rescaled", n));
  if (tile.isLast) sentences.push(t("flash.status.last"));
  if (step === steps.length)
    sentences.push(
      t("flash.status.done", {
        flash: formatNumber(moved(flash)),
        naive: formatNumber(moved(naive)),
      }),
    );
  return sentences.join(" ");
}
