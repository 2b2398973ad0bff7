// The toy model of emergence, equal to `cs336_core.scaling.emergence`.

const TOY_START = 1e18; // FLOPs

/** How often the toy model gets one token right. @param {number} trainFlops */
export const toyAccuracy = (trainFlops) => 1 - 0.9 / 2 ** Math.log10(trainFlops / TOY_START);

/**
 * The probability that all `length` tokens are correct, each with probability `p`.
 * @param {number} p
 * @param {number} length
 */
export const exactMatch = (p, length) => p ** length;
