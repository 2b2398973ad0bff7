// How well-known models split text into pre-tokens before any merge: the patterns of
// cs336_core/tokenization/pretokenization/patterns.py in JavaScript's syntax, with equal matches.
//
// JavaScript's \s matches U+FEFF but not U+0085, so \p{White_Space} replaces it. JavaScript has no
// possessive quantifiers; they only make Python's patterns faster. Case-insensitive parts list both
// cases, and U+017F, the long s, which folds to s. Which characters are letters or numbers depends on
// the engine's Unicode version: equality with Python is tested on characters of Unicode 14.

/** Contractions, words and numbers with the space before them, everything else, white space. */
const GPT2 = String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s`;

const CONTRACTION = "'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])";

/** Contractions in any case, numbers in groups of three, line ends separate. */
const CL100K =
  String.raw`${CONTRACTION}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*` +
  String.raw`|\s+$|\s*[\r\n]|\s+(?!\S)|\s`;

const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;

/** Words split where lower case turns to upper case; contractions stay with their word. */
const O200K =
  String.raw`[^\r\n\p{L}\p{N}]?${UPPER}*${LOWER}+(?:${CONTRACTION})?` +
  String.raw`|[^\r\n\p{L}\p{N}]?${UPPER}+${LOWER}*(?:${CONTRACTION})?` +
  String.raw`|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** Llama 3: as cl100k, but line ends at the end of a text are separate too. Qwen 2: single digits. */
const LLAMA3 =
  String.raw`${CONTRACTION}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*` +
  String.raw`|\s*[\r\n]+|\s+(?!\S)|\s+`;
const QWEN2 = LLAMA3.replace("{1,3}", "");

/** @param {string} pattern */
function compile(pattern) {
  const source = pattern.replaceAll(String.raw`\s`, String.raw`\p{White_Space}`);
  return new RegExp(source.replaceAll(String.raw`\S`, String.raw`\P{White_Space}`), "gu");
}

/** @typedef {"gpt2" | "cl100k" | "o200k" | "llama3" | "qwen2" | "none"} PatternName */

/** @type {Record<PatternName, RegExp | null>} */
const PATTERNS = {
  gpt2: compile(GPT2),
  cl100k: compile(CL100K),
  o200k: compile(O200K),
  llama3: compile(LLAMA3),
  qwen2: compile(QWEN2),
  none: null,
};

/**
 * Splits text into pre-tokens, which no merge crosses; joined, they are the text.
 * @param {string} text
 * @param {PatternName} name "none" makes the whole text one pre-token
 * @returns {string[]}
 */
export function pretokenize(text, name) {
  const pattern = PATTERNS[name];
  if (pattern) return text.match(pattern) ?? [];
  return text === "" ? [] : [text];
}
