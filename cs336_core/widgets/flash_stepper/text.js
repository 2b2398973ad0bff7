// A step in words.

import { decimal } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import "./strings.en.js";
import { moved } from "../../browser/model/memory_io.js";

/** @typedef {import("../../browser/model/flash_steps.js").Step} Step */

/** @param {number} value */
export const short = (value) => (value === -Infinity ? "−∞" : decimal(value, 2));

/** @param {readonly number[]} values */
export const vector = (values) => `(${values.map(short).join(", ")})`;

/** @param {number} n */
export const grouped = (n) => n.toLocaleString("en");

/** Positions from `from` to before `end`, which are counted from 0, as a reader counts them: from 1. @param {number} from @param {number} end */
export function range(from, end) {
  return end - from === 1 ? String(end) : t("flash.range", { from: from + 1, to: end });
}

/** @typedef {Pick<import("../../browser/model/flash_tiles.js").Tile, "top" | "bottom" | "left" | "right">} Place */

/** The queries of a tile. @param {Place} tile */
export const queriesText = ({ top, bottom }) =>
  plural("flash.queries", bottom - top, { n: range(top, bottom) });

/** Its keys. @param {Place} tile */
export const keysText = ({ left, right }) =>
  plural("flash.keys", right - left, { n: range(left, right) });

/** Its keys and values. @param {Place} tile */
const keysAndValuesText = ({ left, right }) =>
  plural("flash.keys.values", right - left, { n: range(left, right) });

/** Whether a row had to scale down what it had summed. @param {import("../../browser/model/flash_steps.js").RowStep} row */
export const rescales = ({ before, highest }) => before !== -Infinity && highest > before;

/**
 * @param {readonly Step[]} steps
 * @param {number} step how many are done
 * @param {number} skipped how many tiles are skipped
 * @param {import("../../browser/model/memory_io.js").Traffic} flash in all
 * @param {import("../../browser/model/memory_io.js").Traffic} naive in all
 */
export function describe(steps, step, skipped, flash, naive) {
  const made = steps[step - 1];
  if (!made)
    return [
      plural("flash.status.start", steps.length),
      ...(skipped ? [plural("flash.status.skipped", skipped)] : []),
    ].join(" ");
  const { tile, rows } = made;
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
      t("flash.status.done", { flash: grouped(moved(flash)), naive: grouped(moved(naive)) }),
    );
  return sentences.join(" ");
}
