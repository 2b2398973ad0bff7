// What a head may attend to, and which head attends to it most: measured on the sentence.

/** @typedef {import("../../browser/model/transformer/matrix.js").Matrix} Matrix */
/** @typedef {import("./state.js").HeadIndex} HeadIndex */

/**
 * Whether a query's weight on a key counts, by name of a target.
 * @type {Record<string, (query: number, key: number, labels: readonly string[]) => boolean>}
 */
const COUNTS = {
  repeated: (_, key, labels) => labels.indexOf(labels[key] ?? "") < key,
  focus: () => true,
  previous: (query, key) => key === query - 1,
  capital: (_, key, labels) => /^␣?\p{Lu}/u.test(labels[key] ?? ""),
  punctuation: (_, key, labels) => /^␣?\p{P}+$/u.test(labels[key] ?? ""),
};

/**
 * The keys that count for each query.
 * @param {string} target
 * @param {readonly string[]} labels
 */
export const keysOf = (target, labels) =>
  labels.map((_, query) =>
    Array.from({ length: query + 1 }, (_, key) => key).filter((key) =>
      COUNTS[target]?.(query, key, labels),
    ),
  );

/**
 * The mean, over the queries, of the weight on a target, or for "focus" of the largest weight. The first
 * token can attend only to itself, and is left out; so are queries without any such key.
 * @param {string} target
 * @param {readonly number[][]} keys of each query
 * @param {(query: number, key: number) => number} weight
 * @returns {number | undefined} undefined if no query has such keys
 */
export function meanWeight(target, keys, weight) {
  const means = keys.flatMap((counted, query) => {
    if (query === 0 || counted.length === 0) return [];
    const weights = counted.map((key) => weight(query, key));
    return target === "focus" ? Math.max(...weights) : weights.reduce((a, b) => a + b);
  });
  return means.length ? means.reduce((a, b) => a + b) / means.length : undefined;
}

/** The weight of a head by query and key. @param {Matrix} weights */
export const entryOf =
  ({ columns, data }) =>
  (/** @type {number} */ query, /** @type {number} */ key) =>
    Number(data[query * columns + key]);

/** The head that attends most to a target. @typedef {HeadIndex & { share: number, even: number }} Found `even`: the share if all weights were equal */

/**
 * @param {string} target
 * @param {import("../../browser/model/transformer/model.js").Pass} pass
 * @param {readonly string[]} labels
 * @returns {Found | undefined} undefined if the sentence has nothing of the kind
 */
export function headFor(target, { blocks }, labels) {
  const keys = keysOf(target, labels);
  const even = meanWeight(target, keys, (query) => 1 / (query + 1));
  if (even === undefined) return undefined;
  const found = blocks.flatMap(({ attention }, block) =>
    attention.heads.map(({ weights }, head) => ({
      block,
      head,
      even,
      share: Number(meanWeight(target, keys, entryOf(weights))),
    })),
  );
  return found.reduce((best, other) => (other.share > best.share ? other : best));
}
