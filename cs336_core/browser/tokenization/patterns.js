// How well-known models cut text into pre-tokens before they merge anything: the patterns of
// cs336_core/tokenization/pretokenization/patterns.py in JavaScript's syntax, which find the same.
//
// JavaScript's \s takes U+FEFF for white space and not U+0085, so a property of Unicode stands for
// it. There are no possessive quantifiers, which only make Python's patterns faster. Where case does
// not matter, both cases are written out, and U+017F, the old form of s, which folds to it. What is
// a letter or a number depends on the engine's version of Unicode: equality with Python is tested on
// characters of Unicode 14; newer ones are cut alike only where both engines know them.

/** Contractions, words and numbers with the space before them, everything else, white space. */
const GPT2 = String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s`;

const CONTRACTION = "'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])";

/** Contractions in any case, numbers in groups of three, line ends kept apart. */
const CL100K =
  String.raw`${CONTRACTION}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*` +
  String.raw`|\s+$|\s*[\r\n]|\s+(?!\S)|\s`;

const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;

/** Words cut where lower case turns to upper case, contractions kept with their word. */
const O200K =
  String.raw`[^\r\n\p{L}\p{N}]?${UPPER}*${LOWER}+(?:${CONTRACTION})?` +
  String.raw`|[^\r\n\p{L}\p{N}]?${UPPER}+${LOWER}*(?:${CONTRACTION})?` +
  String.raw`|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** @param {string} pattern */
function compiled(pattern) {
  const source = pattern.replaceAll(String.raw`\s`, String.raw`\p{White_Space}`);
  return new RegExp(source.replaceAll(String.raw`\S`, String.raw`\P{White_Space}`), "gu");
}

/** @typedef {"gpt2" | "cl100k" | "o200k" | "none"} PatternName */

/** @type {Record<PatternName, RegExp | null>} */
const PATTERNS = {
  gpt2: compiled(GPT2),
  cl100k: compiled(CL100K),
  o200k: compiled(O200K),
  none: null,
};

/**
 * Cuts text into pre-tokens, which no merge crosses; joined, they are the text.
 * @param {string} text
 * @param {PatternName} name "none": the whole text is one
 * @returns {string[]}
 */
export function pretokenize(text, name) {
  const pattern = PATTERNS[name];
  if (pattern) return text.match(pattern) ?? [];
  return text === "" ? [] : [text];
}
