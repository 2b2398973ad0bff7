// What a head may attend to, and which head attends to it most: measured on the sentence.

/** @typedef {import("../../browser/model/transformer/matrix.js").Matrix} Matrix */
/** @typedef {import("./state.js").Place} Place */

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
 * The mean, over the queries, of the weight on a target, or of the largest weight for "focus"; queries without any such key, and the first
 * token, which can attend only to itself, are left out.
 * @param {string} target
 * @param {(query: number, key: number) => number} weight
 * @param {readonly string[]} labels
 * @returns {number | undefined} undefined if the sentence has no such keys
 */
export function meanWeight(target, weight, labels) {
  let [total, queries] = [0, 0];
  for (let query = 1; query < labels.length; query++) {
    const keys = Array.from({ length: query + 1 }, (_, key) => key);
    const counted = keys.filter((key) => COUNTS[target]?.(query, key, labels));
    if (counted.length === 0) continue;
    const weights = counted.map((key) => weight(query, key));
    total += target === "focus" ? Math.max(...weights) : weights.reduce((a, b) => a + b);
    queries += 1;
  }
  return queries ? total / queries : undefined;
}

/** @param {Matrix} weights */
export const entryOf =
  ({ columns, data }) =>
  (/** @type {number} */ query, /** @type {number} */ key) =>
    Number(data[query * columns + key]);

/** The head that attends most to a target. @typedef {Place & { share: number, even: number }} Found `even`: the share if all weights were equal */

/**
 * @param {string} target
 * @param {import("../../browser/model/transformer/model.js").Pass} pass
 * @param {readonly string[]} labels
 * @returns {Found | undefined} undefined if the sentence has nothing of the kind
 */
export function headFor(target, { blocks }, labels) {
  const even = meanWeight(target, (query) => 1 / (query + 1), labels);
  if (even === undefined) return undefined;
  const found = blocks.flatMap(({ attention }, block) =>
    attention.heads.map(({ weights }, head) => ({
      block,
      head,
      even,
      share: Number(meanWeight(target, entryOf(weights), labels)),
    })),
  );
  return found.reduce((best, other) => (other.share > best.share ? other : best));
}
