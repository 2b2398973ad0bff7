// The texts of charts: at positions from 0 to 1, along the axes and at the ends of the lines.

/** @typedef {readonly [position: number, text: string]} Tick */

/**
 * A curve: its points, from 0 to 1 on both axes, and its name, if any, shown at the right end.
 * @typedef {{ kind: string, name?: string, points: readonly (readonly [x: number, y: number])[] }} Line
 */

/** @type {readonly Tick[]} */
export const PERCENTAGES = [
  [0, "0"],
  [0.25, ""],
  [0.5, "50"],
  [0.75, ""],
  [1, "100 %"],
];

/**
 * The position of a number on a logarithmic axis, from 0 to 1.
 * @param {number} n
 * @param {number} min
 * @param {number} max
 */
export const logPosition = (n, min, max) => Math.log(n / min) / Math.log(max / min);

const MIN_DISTANCE = 0.085; // between two names, as a fraction of the height

/** The names at the ends of lines, and their heights, without overlap. @param {readonly Line[]} lines */
export function namesOf(lines) {
  const ends = lines
    .flatMap(({ kind, name, points }) => (name ? [{ kind, name, y: points.at(-1)?.[1] ?? 0 }] : []))
    .sort((a, b) => b.y - a.y);
  ends.forEach((end, i) => {
    end.y = Math.min(end.y, (ends[i - 1]?.y ?? Infinity) - MIN_DISTANCE, 1);
  });
  ends.reverse().forEach((end, i) => {
    end.y = Math.max(end.y, i * MIN_DISTANCE, (ends[i - 1]?.y ?? -Infinity) + MIN_DISTANCE);
  });
  return ends;
}
