// What the time machine trains on: words with their counts, as cs336_core/tokenization/bpe_words.py has
// them. A text that is not cut is one word that occurs once.

import { t } from "../../ui/strings.js";
import { pretokenize } from "./patterns.js";

/** @typedef {{ bytes: Uint8Array, count: number }} Word */
/** @typedef {"text" | "word-counts"} Kind how what the reader types is read */
/** @typedef {"none" | "gpt2"} Pretokenization */

/**
 * @typedef {object} Corpus
 * @property {Kind} kind
 * @property {Word[]} words the distinct words, in the order in which they come first
 * @property {number[]} order the words one after another, as they are read: a word of a text as often
 *   as it stands there, a counted word once
 * @property {number} bytes of all words, each as often as it occurs
 */

/** Every byte is a chip on the screen. */
export const LONGEST = 4000;
const LARGEST_COUNT = 1_000_000_000;
/** Characters of a line that are repeated where it is refused. */
const QUOTED = 40;

const encoder = new TextEncoder();

/** `text` as UTF-8 can hold it: a lone surrogate becomes U+FFFD. @param {string} text */
export function wellFormed(text) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoder.encode(text));
}

/** @param {string} text @param {Pretokenization} pretokenization */
export function cut(text, pretokenization) {
  if (text === "") return [];
  return pretokenization === "gpt2" ? pretokenize(text, "gpt2") : [text];
}

/**
 * Counts the words that a text is cut into, in the order in which they first appear.
 * @param {string} text
 * @param {Pretokenization} pretokenization
 * @returns {Corpus}
 */
export function corpusOfText(text, pretokenization) {
  /** @type {Map<string, number>} */
  const places = new Map();
  /** @type {Word[]} */
  const words = [];
  const order = cut(text, pretokenization).map((word) => {
    let place = places.get(word);
    if (place === undefined) {
      place = words.push({ bytes: encoder.encode(word), count: 0 }) - 1;
      places.set(word, place);
    }
    /** @type {Word} */ (words[place]).count++;
    return place;
  });
  return { kind: "text", words, order, bytes: weigh(words) };
}

/** @param {readonly Word[]} words */
function weigh(words) {
  return words.reduce((sum, { bytes, count }) => sum + bytes.length * count, 0);
}

/**
 * Reads counted words: a line each, the word, a space, its count. A word with white space that a
 * line cannot show stands in quotation marks, as JSON has it. Throws a sentence for other lines.
 * @param {string} text
 * @returns {Corpus}
 */
export function corpusOfCounts(text) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const [, written = "", digits = ""] = /^(.+?)[ \t]+(\d{1,10})\s*$/s.exec(line) ?? [];
    const word = written.startsWith('"') ? unquoted(written) : written;
    const count = Number(digits);
    if (!word || count > LARGEST_COUNT)
      throw new RangeError(t("machine.counts.bad", { line: i + 1, text: line.slice(0, QUOTED) }));
    counts.set(word, (counts.get(word) ?? 0) + count);
  });
  const words = [...counts].map(([word, count]) => ({ bytes: encoder.encode(word), count }));
  return { kind: "word-counts", words, order: words.map((_, i) => i), bytes: weigh(words) };
}

/**
 * Words with their counts, as `corpusOfCounts` reads them.
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

/** What JSON calls a string, "" where it is none. @param {string} written */
function unquoted(written) {
  try {
    return String(JSON.parse(written));
  } catch {
    return "";
  }
}

/** Why a text is too long, as a sentence; "" where it is not. @param {string} text */
export function sizeProblem(text) {
  const size = encoder.encode(text).length;
  return size > LONGEST ? t("machine.text.long", { n: size, most: LONGEST }) : "";
}

/**
 * What the reader typed, as a corpus; or why it is none, as a sentence.
 * @param {string} text
 * @param {Kind} kind
 * @param {Pretokenization} pretokenization
 * @returns {{ corpus: Corpus, problem: string }}
 */
export function readCorpus(text, kind, pretokenization) {
  const none = { kind, words: [], order: [], bytes: 0 };
  const long = sizeProblem(text);
  if (long) return { corpus: none, problem: long };
  if (text.trim() === "" && (text === "" || kind === "word-counts"))
    return { corpus: none, problem: t("machine.text.empty") };
  try {
    const corpus =
      kind === "word-counts" ? corpusOfCounts(text) : corpusOfText(text, pretokenization);
    return { corpus, problem: "" };
  } catch (error) {
    return { corpus: none, problem: /** @type {Error} */ (error).message };
  }
}
