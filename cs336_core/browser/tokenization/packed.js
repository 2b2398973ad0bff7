// A vocabulary as text, in a layout that compresses well: the single bytes in the order of their ids,
// in hex, then the merges. An id has three digits of six bits. The first digits of all left halves
// come first, then all second digits, and so on, so that similar characters are adjacent.

import { MergeTable } from "./merge_table.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BYTES = 256;
const SHIFTS = [12, 6, 0];

/**
 * @param {ArrayLike<number>} bytes the single bytes in the order of their ids
 * @param {[left: number, right: number][]} pairs the merges
 */
export function pack(bytes, pairs) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const digits = [0, 1].flatMap((side) =>
    SHIFTS.map((shift) => pairs.map((pair) => DIGITS[(Number(pair[side]) >> shift) & 63]).join("")),
  );
  return hex + digits.join("");
}

/**
 * @param {string} text as `pack` returns it
 * @returns {{ bytes: number[], merges: MergeTable }}
 */
export function unpack(text) {
  const bytes = Array.from({ length: BYTES }, (_, id) =>
    parseInt(text.slice(2 * id, 2 * id + 2), 16),
  );
  const count = (text.length - 2 * BYTES) / 6;
  const value = new Uint8Array(128);
  for (let digit = 0; digit < DIGITS.length; digit++) value[DIGITS.charCodeAt(digit)] = digit;
  /** @param {number} i @param {number} side */
  const half = (i, side) =>
    SHIFTS.reduce((id, _, digit) => {
      const code = text.charCodeAt(2 * BYTES + (3 * side + digit) * count + i);
      return id * 64 + Number(value[code]);
    }, 0);
  const merges = new MergeTable();
  for (let i = 0; i < count; i++) merges.add(half(i, 0), half(i, 1));
  return { bytes, merges };
}
