// What the figures with the small model take.

import { loneSurrogate } from "../../browser/tokenization/simple.js";
import { within } from "../state.js";
import { formatNumber, t } from "../strings.js";
import "./strings.en.js";

/** The most tokens that are read; of a longer text, the last ones. */
export const MOST_TOKENS = 48;
const utf8 = new TextEncoder();

/** The error message for a text that is refused, or "". @param {string} text @param {number} longest in bytes */
export function textProblem(text, longest) {
  const surrogate = loneSurrogate(text);
  if (surrogate) return t("live.surrogate", surrogate);
  const size = utf8.encode(text).length;
  if (size <= longest) return "";
  return t("live.long", { n: formatNumber(size), max: formatNumber(longest) });
}

/** The index of the selected token among `n`: a setting counts from 1, and 0 is the last. @param {number} position @param {number} n */
export const positionOf = (position, n) =>
  position < 1 ? n - 1 : within(Math.round(position) - 1, 0, n - 1);

/** Sentences to start with, and their names. @type {readonly (readonly [name: string, text: string])[]} */
export const EXAMPLES = [
  [t("live.example.gift"), "When Leo and Lucy went to the market, Lucy gave a ring to"],
  [t("live.example.ball"), "Tom has a ball. Mia has a cup. Tom gives the ball to"],
  [
    t("live.example.sizes"),
    "The dog is bigger than the cat. The cat is bigger than the mouse. So the dog is bigger than the",
  ],
  [t("live.example.hamlet"), "To be, or not to"],
];
