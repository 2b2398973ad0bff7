// Where the candidates of each step are: a column per step, sorted so that no two lines cross.

/** @typedef {import("./decoding.js").Candidate} Candidate */
/**
 * A candidate and where it is. `y`: its row from the top, which may be half a row; `from`: the row of
 * the text that it extends; `isBest`: whether the best text of the last step goes through it.
 * @typedef {Candidate & { y: number, from: number, isBest: boolean }} Placed
 */

/**
 * @param {readonly (readonly Candidate[])[]} steps
 * @returns {{ columns: Placed[][], rows: number, root: number }} `root`: the row of the prompt
 */
export function treeOf(steps) {
  const rows = Math.max(1, ...steps.map((step) => step.length));
  const root = (rows - 1) / 2;
  const best = steps.at(-1)?.find(({ rank }) => rank === 0)?.tokens ?? [];
  /** @type {number[]} the row of each text that was kept, by its rank */
  let parents = [root];
  const columns = steps.map((step) => {
    const above = (rows - step.length) / 2;
    const rowOf = (/** @type {Candidate} */ { parent }) => Number(parents[parent]);
    const column = [...step]
      .sort((a, b) => rowOf(a) - rowOf(b)) // stable: siblings stay sorted by probability
      .map((candidate, i) => ({
        ...candidate,
        y: above + i,
        from: rowOf(candidate),
        isBest: candidate.tokens.every((id, at) => id === best[at]),
      }));
    parents = [];
    for (const { rank, y } of column) if (rank !== undefined) parents[rank] = y;
    return column;
  });
  return { columns, rows, root };
}

/** A column's width, that of a candidate, and a row's height, in rem. */
export const [COLUMN, CHIP, ROW] = [10, 8.25, 1.875];

/** How far the line to a dropped candidate goes on, since it has no border and no rank. */
const INSIDE = 1;

/**
 * The line from a text to a candidate of the next step, in rem.
 * @param {number} column of the candidate, from 0
 * @param {Pick<Placed, "from" | "y" | "rank">} candidate
 */
export function lineOf(column, { from, y, rank }) {
  const start = column * COLUMN + CHIP;
  const end = (column + 1) * COLUMN + (rank === undefined ? INSIDE : 0);
  const middle = start + (COLUMN - CHIP) / 2;
  const [a, b] = [from, y].map((row) => (row + 0.5) * ROW);
  return `M${start} ${a}C${middle} ${a} ${middle} ${b} ${end} ${b}`;
}
