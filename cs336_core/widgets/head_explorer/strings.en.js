// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "heads.title": "The heads of a trained model on your sentence",
    "heads.text": "Type a sentence. Every head reads it.",
    "heads.find": "Find the head that attends most to",
    "heads.target.repeated": "repeated tokens",
    "heads.target.focus": "one token at a time",
    "heads.target.previous": "the previous token",
    "heads.target.capital": "capital letters",
    "heads.target.punctuation": "punctuation",
    "heads.found.repeated":
      "Of all {n} heads, this one attends most to tokens that repeat an earlier one: with {share} of its weight on average, where equal weights would put {even} there.",
    "heads.found.focus":
      "Of all {n} heads, this one is the most concentrated here: its largest weight is {share} on average, where equal weights would be {even}.",
    "heads.found.previous":
      "Of all {n} heads, this one attends most to the previous token: with {share} of its weight on average, where equal weights would put {even} there.",
    "heads.found.capital":
      "Of all {n} heads, this one attends most to tokens with a capital letter: with {share} of its weight on average, where equal weights would put {even} there.",
    "heads.found.punctuation":
      "Of all {n} heads, this one attends most to punctuation: with {share} of its weight on average, where equal weights would put {even} there.",
    "heads.all": "All heads",
    "heads.all.hint": "Each square is a head; click one to see it.",
    "heads.arcs": "{head}: arcs from “{token}” to the tokens that it attends to",
    "heads.weights": "{head}, attention weights",
    "heads.try":
      "Point at a token to see what it attends to; click it, or use the arrow keys, to select it.",
  },
});
