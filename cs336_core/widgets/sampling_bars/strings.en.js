// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "sampling_bars.title": "The probabilities of the next token",
    "sampling_bars.text": "After the text",
    "sampling_bars.temperature": "Temperature",
    "sampling_bars.top_k": "Top-k",
    "sampling_bars.top_p": "Top-p",
    "sampling_bars.min_p": "Min-p",
    "sampling_bars.legend.after": "probability that the token is drawn",
    "sampling_bars.legend.before": "the model’s own probability",
    "sampling_bars.others": "the other {n}",
    "sampling_bars.others.one": "one other",
    "sampling_bars.dropped.top_k": "beyond top-k",
    "sampling_bars.dropped.top_p": "beyond top-p",
    "sampling_bars.dropped.min_p": "below min-p",
    "sampling_bars.kept": "Tokens that can be drawn",
    "sampling_bars.entropy": "Entropy",
    "sampling_bars.entropy.before": "The model’s entropy",
    "sampling_bars.bits": "{n} bits",
    "sampling_bars.status":
      "{n} of {all} tokens can be drawn. The most probable one, {best}, is drawn {after} of the time; the model gives it {before}.",
    "sampling_bars.status.one":
      "Only the most probable of {all} tokens, {best}, can be drawn; the model gives it {before}.",
    "sampling_bars.try":
      "Set top-k to 5 and switch between the texts, then do the same with a top-p of 0.5. Which of the two rules keeps few tokens where the model is sure, and many where it is not?",
  },
});
