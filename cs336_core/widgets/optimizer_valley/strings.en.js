// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "valley.title": "Three optimizers on the same loss",
    "valley.method": "Optimizer",
    "valley.sgd": "Gradient descent",
    "valley.momentum": "Momentum",
    "valley.adamw": "AdamW",
    "valley.lr": "Learning rate",
    "valley.beta": "Momentum",
    "valley.x": "Start at x",
    "valley.y": "Start at y",
    "valley.step": "Step",
    "valley.loss": "Loss",
    "valley.lowest": "Lowest loss on the map",
    "valley.axis.x": "x: scale of the LM head",
    "valley.axis.y": "y: scale of attention’s output",
    "valley.status":
      "{method}, {steps}: the loss is {loss}. The lowest loss on the map is {lowest}.",
    "valley.status.left":
      "{method} leaves the map after {steps}. Its last loss on the map is {loss}.",
    "valley.steps.one": "{n} step",
    "valley.steps.other": "{n} steps",
    "valley.map": "Map of the loss, with the path of each optimizer.",
    "valley.try":
      "Press play, then change the optimizer. Click the map to start elsewhere. Raise the learning rate until the path zigzags, then until it leaves the map.",
  },
});
