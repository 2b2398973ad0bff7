// The names of the parts that can be removed, as a link has them. Blocks and heads count from 1.

/** @param {number} block from 0 @param {number} head from 0 */
export const headPart = (block, head) => `head-${block + 1}-${head + 1}`;
/** @param {number} block from 0 */
export const mlpPart = (block) => `mlp-${block + 1}`;
/** The norm before attention. @param {number} block from 0 */
export const attentionNormPart = (block) => `attention-norm-${block + 1}`;
/** The norm before the MLP. @param {number} block from 0 */
export const mlpNormPart = (block) => `mlp-norm-${block + 1}`;
export const FINAL_NORM = "final-norm";
export const POSITIONS = "positions";

/** Every part of a model. @param {{ n_layers: number, n_heads: number }} config */
export function partsOf({ n_layers, n_heads }) {
  const parts = [POSITIONS];
  for (let block = 0; block < n_layers; block++) {
    parts.push(attentionNormPart(block));
    for (let head = 0; head < n_heads; head++) parts.push(headPart(block, head));
    parts.push(mlpNormPart(block), mlpPart(block));
  }
  return [...parts, FINAL_NORM];
}

/**
 * The block and, for a head, the index of a part, both from 0; undefined for other parts.
 * @param {string} part
 * @param {{ n_layers: number, n_heads: number }} config
 */
export function indicesOf(part, { n_layers, n_heads }) {
  for (let block = 0; block < n_layers; block++) {
    if (part === mlpPart(block)) return { block, head: undefined };
    for (let head = 0; head < n_heads; head++)
      if (part === headPart(block, head)) return { block, head };
  }
  return undefined;
}

/** A head: its block and its index, from 0. @typedef {{ block: number, head: number }} HeadIndex */

/**
 * The head that a part names; undefined for other parts and if the model has no such head.
 * @param {string} part
 * @param {{ n_layers: number, n_heads: number }} config
 * @returns {HeadIndex | undefined}
 */
export function headIn(part, config) {
  const indices = indicesOf(part, config);
  return indices?.head === undefined ? undefined : { block: indices.block, head: indices.head };
}
