// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "flops_share.title": "How a layer’s FLOPs split between attention and the MLP",
    "flops_share.d_model": "Width",
    "flops_share.seq_len": "Tokens",
    "flops_share.axis": "tokens in the sequence",
    "flops_share.axis.y": "of the layer’s FLOPs",
    "flops_share.mlp": "MLP",
    "flops_share.attention": "attention",
    "flops_share.projections": "Attention: projections",
    "flops_share.scores": "Attention: scores",
    "flops_share.scores.short": "its scores",
    "flops_share.status.mlp":
      "Width {width}, {length} tokens: the MLP takes {mlp} of the layer’s FLOPs and attention {attention}. Beyond {crossing} tokens, twice the width, attention takes more.",
    "flops_share.status.attention":
      "Width {width}, {length} tokens: attention takes {attention} of the layer’s FLOPs and the MLP {mlp}. Beyond {crossing} tokens, twice the width, attention always takes more.",
    "flops_share.try":
      "Keep the length and widen the model: the scores fade, and the MLP approaches two thirds, but never takes more.",
  },
});
