// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "explorer.title": "A small Transformer reads your sentence",

    "explorer.stream": "The residual stream of “{token}”, from its embedding up to the prediction",
    "explorer.embedding": "embeddings",
    "explorer.embedding.size": "{n} numbers",
    "explorer.top": "final norm,",
    "explorer.top.head": "LM head",
    "explorer.guess.title": "What the model would predict if it ended after block {n}",
    "explorer.head.short": "head {head}",
    "explorer.mlp": "MLP of block {block}",
    "explorer.mlp.short": "MLP",
    "explorer.off": "removed",

    "explorer.status": "After “{token}”, the model expects “{best}” ({p}) or “{second}” ({q}).",
    "explorer.status.removed":
      "Without {parts}, the probability of “{first}” goes from {before} to {now}.",
    "explorer.status.many":
      "Without {n} parts, the probability of “{first}” goes from {before} to {now}.",
    "explorer.loss": "Loss on this text: {loss} nats per token.",
    "explorer.loss.removed": "Loss on this text: {loss} nats per token, {before} with all parts.",

    "explorer.part.none":
      "This prediction depends most on this head. Point at another orange square, which shows the attention weights of a head, or at an MLP.",
    "explorer.part.none.title": "What each part adds",
    "explorer.part.head": "head {head} of block {block}",
    "explorer.part.mlp": "the MLP of block {block}",
    "explorer.part.positions": "positions",
    "explorer.part.final": "the final norm",
    "explorer.part.final.short": "final norm",
    "explorer.part.attention-norm": "the norm before attention in block {block}",
    "explorer.part.mlp-norm": "the norm before the MLP in block {block}",
    "explorer.mlp.about":
      "It reads “{query}” alone and turns on some of its {n} hidden units, drawn below.",
    "explorer.map": "Attention weights of {name}: a row per query, a column per key",
    "explorer.hidden": "The hidden units of {name}",
    "explorer.promotes": "More likely",
    "explorer.demotes": "Less likely",
    "explorer.effect": "What it adds changes the logit of each token by the number beside it.",
    "explorer.gone": "It is removed, so it adds nothing.",
    "explorer.remove": "Remove it",
    "explorer.restore": "Put it back",

    "explorer.board": "Remove parts",
    "explorer.board.hint":
      "Each number is the probability of “{token}” if that part alone were missing.",
    "explorer.board.norm": "norm",
    "explorer.board.restore": "Put all back",

    "explorer.legend.embedding": "the token’s embedding",
    "explorer.legend.attention": "added by attention, from other tokens",
    "explorer.legend.mlp": "added by the MLPs",
    "explorer.legend.width": "Width: length of the vector",
  },
});
