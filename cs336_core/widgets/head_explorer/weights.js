// How attention weights are drawn.

/** The smallest weight that is drawn: a smaller one rounds to 0 %. */
const SMALLEST = 0.005;
/** The thickness of an arc of weight 1, and of the thinnest, in pixels. */
const THICKEST = 10;
const THINNEST = 0.75;

/** @param {number} weight */
export const isVisible = (weight) => weight >= SMALLEST;

/** The thickness of an arc. @param {number} weight */
export const thickness = (weight) => Math.max(THINNEST, THICKEST * weight);
