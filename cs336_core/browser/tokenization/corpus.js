// What the time machine trains on: words with their counts, as in cs336_core/tokenization/bpe_words.py.
// A text that is not split is one word that occurs once.

import { formatNumber, t } from "../../ui/strings.js";
import { pretokenize } from "./patterns.js";

/** @typedef {{ bytes: Uint8Array, count: number }} Word */
/** @typedef {"text" | "word-counts"} Kind how to read what the reader types */
/** @typedef {"none" | "gpt2"} Pretokenization */

/**
 * @typedef {object} Corpus
 * @property {Kind} kind
 * @property {Word[]} words the distinct words, in order of first appearance
 * @property {number[]} order indices into `words`: a text's words in sequence, every counted word once
 * @property {number} bytes of all words, weighted by their counts
 */

/** Bytes of a text: every byte is drawn as a chip. */
export const LONGEST = 4000;
const LARGEST_COUNT = 1_000_000_000;
/** Characters of a malformed line that the error message quotes. */
const MAX_QUOTED = 40;

const encoder = new TextEncoder();

/** Replaces lone surrogates, which UTF-8 cannot encode, by U+FFFD. @param {string} text */
export function wellFormed(text) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoder.encode(text));
}

/** @param {string} text @param {Pretokenization} pretokenization */
export function splitText(text, pretokenization) {
  if (text === "") return [];
  return pretokenization === "gpt2" ? pretokenize(text, "gpt2") : [text];
}

/**
 * Splits a text into words and counts them, in order of first appearance.
 * @param {string} text
 * @param {Pretokenization} pretokenization
 * @returns {Corpus}
 */
export function corpusOfText(text, pretokenization) {
  /** @type {Map<string, number>} */
  const indices = new Map();
  /** @type {Word[]} */
  const words = [];
  const order = splitText(text, pretokenization).map((word) => {
    let index = indices.get(word);
    if (index === undefined) {
      index = words.push({ bytes: encoder.encode(word), count: 0 }) - 1;
      indices.set(word, index);
    }
    /** @type {Word} */ (words[index]).count++;
    return index;
  });
  return { kind: "text", words, order, bytes: totalBytes(words) };
}

/** @param {readonly Word[]} words */
function totalBytes(words) {
  return words.reduce((sum, { bytes, count }) => sum + bytes.length * count, 0);
}

/**
 * Reads counted words, one per line: the word, a space, its count. A word with white space that a
 * line cannot show is a JSON string in quotation marks. Throws a RangeError for a malformed line.
 * @param {string} text
 * @returns {Corpus}
 */
export function corpusOfCounts(text) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const [, wordText = "", digits = ""] = /^(.+?)[ \t]+(\d{1,10})\s*$/s.exec(line) ?? [];
    const word = wordText.startsWith('"') ? parseQuoted(wordText) : wordText;
    const count = Number(digits);
    if (!word || count < 1 || count > LARGEST_COUNT)
      throw new RangeError(
        t("machine.counts.bad", { line: i + 1, text: line.slice(0, MAX_QUOTED) }),
      );
    counts.set(word, (counts.get(word) ?? 0) + count);
  });
  const words = [...counts].map(([word, count]) => ({ bytes: encoder.encode(word), count }));
  return { kind: "word-counts", words, order: words.map((_, i) => i), bytes: totalBytes(words) };
}

/**
 * Writes words with their counts, in the format that `corpusOfCounts` reads.
 * @param {readonly Word[]} words
 */
export function writeCounts(words) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return words
    .map(({ bytes, count }) => {
      const word = decoder.decode(bytes);
      return `${/^"|[\n\r\t]|\s$/.test(word) ? JSON.stringify(word) : word} ${count}`;
    })
    .join("\n");
}

/** Parses a JSON string; "" if it is malformed. @param {string} json */
function parseQuoted(json) {
  try {
    return String(JSON.parse(json));
  } catch {
    return "";
  }
}

/** The error message for a text that is too long, or "". @param {string} text */
export function sizeProblem(text) {
  const size = encoder.encode(text).length;
  return size > LONGEST
    ? t("machine.text.long", { n: formatNumber(size), max: formatNumber(LONGEST) })
    : "";
}

/**
 * Reads what the reader typed. With a problem, a sentence, the corpus is empty.
 * @param {string} text
 * @param {Kind} kind
 * @param {Pretokenization} pretokenization
 * @returns {{ corpus: Corpus, problem: string }}
 */
export function readCorpus(text, kind, pretokenization) {
  const empty = { kind, words: [], order: [], bytes: 0 };
  const tooLong = sizeProblem(text);
  if (tooLong) return { corpus: empty, problem: tooLong };
  if (text.trim() === "" && (text === "" || kind === "word-counts"))
    return { corpus: empty, problem: t("machine.text.empty") };
  try {
    const corpus =
      kind === "word-counts" ? corpusOfCounts(text) : corpusOfText(text, pretokenization);
    return { corpus, problem: "" };
  } catch (error) {
    return { corpus: empty, problem: /** @type {Error} */ (error).message };
  }
}
