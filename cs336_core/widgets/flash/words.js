// A step in words.

import { decimal } from "../ui/numbers.js";
import { t } from "../ui/strings.js";
import "./strings.js";
import { moved } from "./traffic.js";

/** @typedef {import("./steps.js").Step} Step */

/** @param {number} value */
export const short = (value) => (value === -Infinity ? "−∞" : decimal(value, 2));

/** @param {readonly number[]} values */
export const vector = (values) => `(${values.map(short).join(", ")})`;

/** @param {number} n */
export const grouped = (n) => n.toLocaleString("en");

/** Places from `from` to before `end`, counted from 0. @param {number} from @param {number} end */
export function range(from, end) {
  return end - from === 1 ? String(from) : t("flash.range", { from, to: end - 1 });
}

/** Whether a row had to scale down what it had summed. @param {import("./steps.js").RowStep} row */
export const rescales = ({ before, highest }) => before !== -Infinity && highest > before;

/**
 * @param {readonly Step[]} steps
 * @param {number} step how many are done
 * @param {number} skipped how many tiles are skipped
 * @param {import("./traffic.js").Traffic} flash in all
 * @param {import("./traffic.js").Traffic} naive in all
 */
export function told(steps, step, skipped, flash, naive) {
  const made = steps[step - 1];
  if (!made) return t(skipped ? "flash.status.start.skipped" : "flash.status.start", { tiles: steps.length, skipped });
  const { tile, rows } = made;
  const sentences = [
    t(tile.isFirst ? "flash.status.first" : "flash.status.next", { step, last: steps.length, rows: range(tile.top, tile.bottom), columns: range(tile.left, tile.right) }),
  ];
  const n = rows.filter(rescales).length;
  if (n) sentences.push(t(n === 1 ? "flash.status.rescaled.one" : "flash.status.rescaled", { n }));
  if (tile.isLast) sentences.push(t("flash.status.last"));
  if (step === steps.length) sentences.push(t("flash.status.done", { flash: grouped(moved(flash)), naive: grouped(moved(naive)) }));
  return sentences.join(" ");
}
