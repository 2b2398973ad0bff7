// The tiles of the scores in order, equal to `tiles` of `cs336_core.model.flash`.

/**
 * Some queries against some keys: a rectangle of the scores. Ends are exclusive.
 * @typedef {object} Tile
 * @property {number} top
 * @property {number} bottom
 * @property {number} left
 * @property {number} right
 * @property {boolean} isFirst whether it is the first tile of these queries
 * @property {boolean} isLast whether it is their last tile
 * @property {number | null} diagonal the offset of the causal mask's diagonal in this tile; null if
 *   the mask hides nothing of it
 */

/**
 * @typedef {object} Shape
 * @property {number} n the number of queries, and of keys
 * @property {number} queryTile queries per tile
 * @property {number} keyTile keys per tile
 * @property {boolean} causal
 */

/** @param {Shape} shape @returns {Tile[]} */
export function tilesOf({ n, queryTile, keyTile, causal }) {
  const tiles = [];
  for (let top = 0; top < n; top += queryTile) {
    const bottom = Math.min(top + queryTile, n);
    const end = causal ? bottom : n;
    for (let left = 0; left < end; left += keyTile) {
      const right = Math.min(left + keyTile, n);
      const diagonal = top - left;
      tiles.push({
        top,
        bottom,
        left,
        right,
        isFirst: left === 0,
        isLast: right >= end,
        diagonal: causal && diagonal < right - left - 1 ? diagonal : null,
      });
    }
  }
  return tiles;
}

/**
 * The tiles that the causal mask hides completely: they are skipped.
 * @param {Shape} shape
 * @returns {Pick<Tile, "top" | "bottom" | "left" | "right">[]}
 */
export function skippedTiles(shape) {
  const done = new Set(tilesOf(shape).map(({ top, left }) => `${top} ${left}`));
  return tilesOf({ ...shape, causal: false }).filter(
    ({ top, left }) => !done.has(`${top} ${left}`),
  );
}
