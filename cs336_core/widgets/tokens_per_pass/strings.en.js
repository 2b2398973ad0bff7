// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "tokens_per_pass.title": "How long a forward pass takes, by its number of tokens",
    "tokens_per_pass.tokens": "Tokens",
    "tokens_per_pass.params": "Parameters (10⁹)",
    "tokens_per_pass.axis": "tokens in one pass",
    "tokens_per_pass.axis.y": "time of a pass",
    "tokens_per_pass.seconds": "Time of the pass",
    "tokens_per_pass.reading": "Reading the weights",
    "tokens_per_pass.computing": "Computing",
    "tokens_per_pass.reading.short": "reading",
    "tokens_per_pass.computing.short": "computing",
    "tokens_per_pass.rate": "Tokens per second",
    "tokens_per_pass.under": "under {n}",
    "tokens_per_pass.status.memory":
      "{n} tokens in one pass through {params} parameters: the {chip} computes {busy}\u00a0% of the time and otherwise waits for weights. Up to {ridge} tokens, the pass takes no longer.",
    "tokens_per_pass.status.memory.one":
      "One token in a pass through {params} parameters, as in decode: the {chip} computes {busy}\u00a0% of the time and otherwise waits for weights. Up to {ridge} tokens, the pass takes no longer.",
    "tokens_per_pass.status.compute":
      "{n} tokens in one pass through {params} parameters, as in prefill: computing takes longer than reading the weights, and twice the tokens take twice the time.",
    "tokens_per_pass.try":
      "Start with one token, as when a model writes. Add tokens: when does the pass begin to take longer? Does that point move for a smaller model?",
  },
});
