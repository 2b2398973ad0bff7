// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "isoflop.title": "One compute budget, spent on models of different sizes",
    "isoflop.budget": "Budget (1–9)",
    "isoflop.size": "Model size (1–8)",
    "isoflop.axis": "billions of parameters",
    "isoflop.axis.y": "loss",
    "isoflop.loss": "Loss",
    "isoflop.params": "Parameters",
    "isoflop.tokens": "Tokens",
    "isoflop.ratio": "Tokens per parameter",
    "isoflop.status.small":
      "{flops} FLOPs train {params} parameters on {tokens} tokens. The model is too small for its budget: the best one has about {best}.",
    "isoflop.status.large":
      "{flops} FLOPs train {params} parameters on only {tokens} tokens. The model is undertrained: the best one has about {best}.",
    "isoflop.status.best":
      "{flops} FLOPs train {params} parameters on {tokens} tokens. Of the eight models, this one has the lowest loss: the bottom of the valley is at {best}.",
    "isoflop.try":
      "Move along the valley to its bottom. Then raise the budget: the bottom moves to the right and down.",
  },
});
