// The tiles of the scores in their order, as `tiles` of cs336_core/model/flash.py yields them.

/**
 * Some queries against some keys: a rectangle of the scores. Ends are not included.
 * @typedef {object} Tile
 * @property {number} top
 * @property {number} bottom
 * @property {number} left
 * @property {number} right
 * @property {boolean} isFirst whether these queries meet keys for the first time
 * @property {boolean} isLast whether they have met all of theirs now
 * @property {number | null} diagonal the last one of the tile that the causal mask leaves visible,
 *   counted from its first score; null where it hides nothing of the tile
 */

/**
 * @typedef {object} Shape
 * @property {number} n how many queries there are, and keys
 * @property {number} queryTile how many queries are taken at once
 * @property {number} keyTile how many keys
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
 * The tiles that the causal mask hides as a whole: they are never looked at.
 * @param {Shape} shape
 * @returns {Pick<Tile, "top" | "bottom" | "left" | "right">[]}
 */
export function skippedTiles(shape) {
  const done = new Set(tilesOf(shape).map(({ top, left }) => `${top} ${left}`));
  return tilesOf({ ...shape, causal: false }).filter(
    ({ top, left }) => !done.has(`${top} ${left}`),
  );
}
