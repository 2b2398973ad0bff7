// The figure in words.

import { describeHead, strongest } from "../../ui/live_model/heads.js";
import { percent } from "../../ui/numbers.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("./state.js").HeadIndex} HeadIndex */
/** @typedef {import("./targets.js").Found} Found */

/** @param {HeadIndex} headIndex */
export const nameOf = ({ block, head }) => t("live.head", { head: head + 1, block: block + 1 });

/** @param {HeadIndex} a @param {HeadIndex | undefined} b */
export const isSame = (a, b) => a.block === b?.block && a.head === b.head;

/**
 * The head and the selected token, in a sentence or two.
 * @param {HeadIndex} headIndex
 * @param {readonly string[]} labels
 * @param {import("../../browser/model/transformer/matrix.js").Matrix} weights
 * @param {number} query
 */
export const describe = (headIndex, labels, weights, query) =>
  `${nameOf(headIndex)}: ${describeHead(labels, weights, query)}`;

/**
 * What a head is the first in; "" if it is in nothing. Its target goes first.
 * @param {HeadIndex} headIndex
 * @param {readonly (readonly [target: string, head: Found | undefined])[]} found
 * @param {string} target
 * @param {number} n of heads
 */
export function describeFound(headIndex, found, target, n) {
  const first = found.filter(([, head]) => isSame(headIndex, head));
  const [name, head] = first.find((each) => each[0] === target) ?? first[0] ?? [];
  if (!head) return "";
  const values = { n, share: percent(head.share, 0), even: percent(head.even, 0) };
  return t(`heads.found.${name}`, values);
}

/**
 * The key with the largest weight.
 * @param {import("../../browser/model/transformer/matrix.js").Matrix} weights
 * @param {number} query
 */
export const strongestKey = (weights, query) => strongest(weights, query, 1)[0]?.key ?? 0;
