// A head of the small model in words.

import { rowOf } from "../../browser/model/transformer/matrix.js";
import { largest } from "../../browser/model/transformer/reading.js";
import { percent } from "../numbers.js";
import { t } from "../strings.js";
import "./strings.en.js";

/** @typedef {import("../../browser/model/transformer/matrix.js").Matrix} Matrix */

/** A weight that is 0 % when it is rounded. */
const NEGLIGIBLE = 0.005;

/**
 * The tokens that a head attends to most from a position.
 * @param {Matrix} weights
 * @param {number} position
 * @param {number} n
 */
export function strongest(weights, position, n) {
  const row = rowOf(weights, position);
  return largest(row.subarray(0, position + 1), n).map((key) => ({
    key,
    weight: Number(row[key]),
  }));
}

/**
 * What a head does, in a sentence.
 * @param {readonly string[]} labels
 * @param {Matrix} weights
 * @param {number} position
 */
export function describeHead(labels, weights, position) {
  const [first, second] = strongest(weights, position, 2);
  const values = {
    query: labels[position] ?? "",
    key: labels[first?.key ?? 0] ?? "",
    weight: percent(first?.weight ?? 0, 0),
  };
  if (!second) return t("live.head.alone", values);
  if (second.weight < NEGLIGIBLE) return t("live.head.only", values);
  return t("live.head.about", {
    ...values,
    other: labels[second.key] ?? "",
    rest: percent(second.weight, 0),
  });
}

/**
 * The attention weights of every head: a row per query and key that it may attend to.
 * @param {import("../../browser/model/transformer/model.js").Pass} pass
 * @param {readonly string[]} labels
 */
export const weightRows = ({ blocks }, labels) =>
  blocks.flatMap(({ attention }, block) =>
    attention.heads.flatMap(({ weights }, head) =>
      labels.flatMap((query, i) =>
        labels.slice(0, i + 1).map((key, j) => ({
          block: block + 1,
          head: head + 1,
          query_position: i + 1,
          key_position: j + 1,
          query,
          key,
          weight: Number(weights.data[i * weights.columns + j]),
        })),
      ),
    ),
  );
