// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "train.title": "Train a model on your own text",
    "train.text": "The text to learn",
    "train.rate": "Learning rate",
    "train.start": "Train",
    "train.pause": "Pause",
    "train.again": "Start over",
    "train.short": "Write at least two different characters.",
    "train.long": "The text is too long: {n} bytes, at most {max}.",
    "train.surrogate": "The text has half of a character, {code}, at position {position}.",
    "train.axis": "steps",
    "train.axis.y": "loss in nats per character",
    "train.line": "loss",
    "train.guess": "a guess",
    "train.step": "Steps",
    "train.steps": "{n} steps",
    "train.steps.one": "1 step",
    "train.loss": "Loss",
    "train.parameters": "Parameters",
    "train.status.ready":
      "The model is untrained. A uniform guess among {n} characters has a loss of {loss}.",
    "train.status": "After {steps}, the loss is {loss} nats per character.",
    "train.diverged":
      "The loss is no longer a number: the learning rate is too high. Lower it and start over.",
    "train.sample": "What it writes after {steps}",
    "train.sample.none": "What it writes appears here as it learns.",
    "train.try":
      "Press Train and watch the letters turn into words. Then try a learning rate of 1, and one of 0.0001. What goes wrong with each?",
  },
});
