// A token that may come next, in numbers.

import { decimal, percent } from "../numbers.js";

/**
 * `before`: its probability in the whole model, if parts of it are removed.
 * @typedef {{ id: number, label: string, logit: number, probability: number, before: number }} Prediction
 */

/** @param {number} logit */
export const logitText = (logit) => decimal(logit, 1);

/** A probability, in two digits. @param {number} p */
export const probabilityText = (p) => percent(p, p < 0.0995 ? 1 : 0);
