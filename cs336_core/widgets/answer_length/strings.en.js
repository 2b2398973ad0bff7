// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "answer_length.title": "How often a model gets a digit, and a whole answer, right",
    "answer_length.length": "Digits",
    "answer_length.exponent": "Compute, 10ˣ",
    "answer_length.axis": "training FLOPs",
    "answer_length.axis.y": "accuracy",
    "answer_length.digit": "One digit right",
    "answer_length.digit.short": "one digit",
    "answer_length.answer": "All {n} digits right",
    "answer_length.answer.one": "The whole answer right",
    "answer_length.answer.short": "whole answer",
    "answer_length.status":
      "With {flops} training FLOPs, the model gets one digit right {digit} of the time, and all {n} of them {answer}.",
    "answer_length.status.one":
      "With {flops} training FLOPs, the model gets the digit right {digit} of the time.",
    "answer_length.try":
      "Drag the number of digits from 1 to 64. The gray curve never moves: the model stays the same, and only the metric changes.",
  },
});
