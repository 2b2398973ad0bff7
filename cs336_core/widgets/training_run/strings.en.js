// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "run.title": "A model during training",
    "run.checkpoint": "Checkpoint",
    "run.step": "Steps",
    "run.tokens": "Tokens read",
    "run.loss": "Loss on new stories",
    "run.axis": "steps",
    "run.axis.y": "loss in nats per token",
    "run.line.train": "training",
    "run.line.stories": "new stories",
    "run.line.plays": "new plays",
    "run.now": "step {step}",
    "run.status":
      "After {step} steps, the loss on new stories is {stories} nats per token, and on new plays {plays}. After “{token}”, the model expects “{best}” ({p}).",
    "run.try":
      "Drag in the chart, or step through the checkpoints: which token does the model learn first, and when do its heads start to look back at earlier tokens?",
    "run.next": "Next token after {step} steps",
    "run.sample": "How the model continues",
    "run.heads": "Attention weights of every head",
    "run.head": "Block {block}, head {head}",
  },
});
