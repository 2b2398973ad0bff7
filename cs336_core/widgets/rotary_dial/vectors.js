// A query and a key as the reader types them: numbers with spaces or commas between.

import { schema } from "#schema/rotary_dial";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** Two entries of a vector per dial, and four dials fit side by side. */
const { most_entries: MAX_ENTRIES, largest: LARGEST } = schema.query;
/** Characters of an invalid entry that the message quotes. */
const QUOTED = 20;

/**
 * A vector, or else the problem with the text, as a sentence.
 * @param {string} text
 * @param {string} name
 * @returns {{ numbers: number[], problem: string }}
 */
function readVector(text, name) {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const bad = words.find(
    (word) =>
      !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word) || Math.abs(Number(word)) > LARGEST,
  );
  if (bad !== undefined)
    return {
      numbers: [],
      problem: t("rotary.vector.bad", { name, text: bad.slice(0, QUOTED), max: LARGEST }),
    };
  const n = words.length;
  if (n < 2 || n > MAX_ENTRIES || n % 2)
    return { numbers: [], problem: t("rotary.vector.count", { name, n, max: MAX_ENTRIES }) };
  return { numbers: words.map(Number), problem: "" };
}

/**
 * A query and a key of the same width, or else the problem with them, as a sentence.
 * @param {string} queryText
 * @param {string} keyText
 * @returns {{ query: number[], key: number[], problem: string }}
 */
export function readVectors(queryText, keyText) {
  const query = readVector(queryText, t("rotary.query"));
  const key = readVector(keyText, t("rotary.key"));
  const differs = query.numbers.length !== key.numbers.length;
  const problem =
    query.problem ||
    key.problem ||
    (differs ? t("rotary.vector.unlike", { n: query.numbers.length, m: key.numbers.length }) : "");
  return problem
    ? { query: [], key: [], problem }
    : { query: query.numbers, key: key.numbers, problem };
}
