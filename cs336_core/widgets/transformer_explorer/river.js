// The residual stream of one position as a river: where its strands run, from the bottom up. Attention
// flows in from the left, where the earlier tokens are, the MLPs from the right. The width of a strand is
// the length of the vector that it adds.

import { norm, rowOf } from "../../browser/model/transformer/matrix.js";

/** @typedef {import("../../browser/model/transformer/model.js").Pass} Pass */

/** Pixels of the embeddings at the bottom, and of the free end at the top. */
export const EMBEDDING = 44;
export const TOP = 36;
/** The widest river and the room at its right, from where MLPs flow in; both are less on a phone. */
const WIDEST = 60;
const RIGHT = 34;
/** The room beside the river in its column. */
const GAP = 12;
/** The narrowest strand that is drawn. */
const NARROWEST = 0.35;
/** The width of a column, at least and at most. */
const NARROW = 12;
const WIDE = 64;

/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number[]} columns the middle of each token's column
 * @property {number} column the width of a column
 * @property {number} river the width of the river at the top
 * @property {{ base: number, middle: number, top: number }[]} blocks the heights at which each block
 *   begins, its attention ends, and its MLP ends
 */

/**
 * @param {{ n: number, selected: number, room: number, nBlocks: number, attention: number, mlp: number }} size
 *   `room`: the width that the figure has; `attention`, `mlp`: the heights of the parts of a block
 * @returns {Layout}
 */
export function layoutOf({ n, selected, room, nBlocks, attention, mlp }) {
  const river = Math.min(WIDEST, 0.16 * room);
  const right = Math.min(RIGHT, 0.09 * room);
  const free = room - river - GAP - right;
  const column = n > 1 ? Math.min(WIDE, Math.max(NARROW, free / (n - 1))) : WIDE;
  const own = Math.max(river + GAP, column); // the width of its column
  const columns = Array.from(
    { length: n },
    (_, i) =>
      column * (i + 0.5) + (i > selected ? own - column : i === selected ? (own - column) / 2 : 0),
  );
  const width = Math.max(room, column * (n - 1) + own + right);
  const height = TOP + nBlocks * (attention + mlp) + EMBEDDING;
  const blocks = Array.from({ length: nBlocks }, (_, block) => {
    const base = height - EMBEDDING - block * (attention + mlp);
    return { base, middle: base - attention, top: base - attention - mlp };
  });
  return { width, height, columns, column, river, blocks };
}

/**
 * @typedef {object} Strand
 * @property {"embedding" | "attention" | "mlp"} kind
 * @property {number} block from 0; -1 for the embedding
 * @property {number} key the token from which it flows
 * @property {number} width in pixels
 * @property {string} d the path of its middle line
 */

/**
 * How much flows in from each token in a block: the attention weights, averaged over the heads by the
 * length of what each adds, or those of one head.
 * @param {Pass} pass
 * @param {number} block
 * @param {number} position
 * @param {number | undefined} head
 * @returns {{ size: number, shares: number[] }} `size`: the length of the addition
 */
export function inflow({ blocks }, block, position, head) {
  const attention = /** @type {import("../../browser/model/transformer/block.js").BlockPass} */ (
    blocks[block]
  ).attention;
  const chosen = attention.heads.filter((_, i) => head === undefined || head === i);
  const sizes = chosen.map(({ addition }) => norm(rowOf(addition, position)));
  const total = sizes.reduce((a, b) => a + b, 0) || 1;
  const shares = Array.from({ length: position + 1 }, (_, key) =>
    chosen.reduce(
      (sum, { weights }, i) =>
        sum + (Number(sizes[i]) / total) * Number(weights.data[position * weights.columns + key]),
      0,
    ),
  );
  const whole = head === undefined ? norm(rowOf(attention.addition, position)) : Number(sizes[0]);
  return { size: whole, shares };
}

const at = (/** @type {number} */ x) => x.toFixed(1);

/** A strand that leaves a column, flows to the river, and on to the top. @param {number} from @param {number} to @param {number} low @param {number} high */
function fromColumn(from, to, low, high) {
  const bend = low - high;
  return `M${at(from)} ${at(low)}C${at(from)} ${at(low - 0.62 * bend)} ${at(to)} ${at(high + 0.55 * bend)} ${at(to)} ${at(high)}V${TOP - 14}`;
}

/** A strand that comes from the right. @param {number} from @param {number} to @param {number} low @param {number} high */
function fromRight(from, to, low, high) {
  const middle = (low + high) / 2;
  return `M${at(from)} ${at(middle)}C${at((from + to) / 2)} ${at(middle)} ${at(to)} ${at(middle + 2)} ${at(to)} ${at(high - 4)}V${TOP - 14}`;
}

/**
 * @param {Pass} pass
 * @param {number} position
 * @param {Layout} layout
 * @param {{ block: number, head: number } | undefined} shown the head whose weights are drawn in its block
 * @returns {Strand[]}
 */
export function strandsOf(pass, position, { columns, blocks, width, height, river }, shown) {
  const bottom = norm(rowOf(pass.embeddings, position));
  const flows = blocks.map((_, block) => ({
    attention: inflow(pass, block, position, shown?.block === block ? shown.head : undefined),
    mlp: norm(rowOf(/** @type {any} */ (pass.blocks[block]).mlp, position)),
  }));
  const total = flows.reduce((sum, { attention, mlp }) => sum + attention.size + mlp, bottom);
  const scale = river / (total || 1);
  const own = Math.max(2, bottom * scale);
  // The whole river is in the middle of its column.
  const lean = flows.reduce((sum, { attention, mlp }) => sum + attention.size - mlp, 0);
  const middle = Number(columns[position]) + (lean * scale) / 2;
  let [left, right] = [middle - own / 2, middle + own / 2];
  /** @type {Strand[]} */
  const strands = [
    {
      kind: "embedding",
      block: -1,
      key: position,
      width: own,
      d: `M${at(middle)} ${height - EMBEDDING}V${TOP - 14}`,
    },
  ];
  flows.forEach(({ attention, mlp }, block) => {
    const { base, middle: between, top } = /** @type {Layout["blocks"][number]} */ (blocks[block]);
    for (let key = position; key >= 0; key--) {
      const thick = attention.size * scale * Number(attention.shares[key]);
      const to = left - thick / 2;
      left -= thick;
      if (thick < NARROWEST) continue;
      const from = key === position ? to : Number(columns[key]);
      strands.push({
        kind: "attention",
        block,
        key,
        width: thick,
        d: fromColumn(from, to, base - 2, between + 4),
      });
    }
    const thick = mlp * scale;
    const to = right + thick / 2;
    right += thick;
    if (thick < NARROWEST) return;
    strands.push({
      kind: "mlp",
      block,
      key: position,
      width: thick,
      d: fromRight(width, to, between, top),
    });
  });
  return strands;
}
