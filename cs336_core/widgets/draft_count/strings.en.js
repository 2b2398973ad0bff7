// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "draft_count.title": "The speedup of speculative decoding, by the number of drafts",
    "draft_count.drafts": "Drafts per pass",
    "draft_count.accepted": "Accepted (%)",
    "draft_count.cost": "Draft time (%)",
    "draft_count.axis": "drafts per pass of the large model",
    "draft_count.axis.y": "compared with no drafts",
    "draft_count.tokens.short": "tokens",
    "draft_count.speedup.short": "speedup",
    "draft_count.tokens": "Tokens per pass",
    "draft_count.speedup": "Speedup",
    "draft_count.best": "Fastest with",
    "draft_count.count": "{n} drafts",
    "draft_count.count.one": "1 draft",
    "draft_count.times": "{n}×",
    "draft_count.status":
      "With {n} drafts, each accepted with a probability of {accepted}, a pass of the large model yields {tokens} tokens on average. The drafts add {added} to its time, so the text is written {speedup} times as fast.",
    "draft_count.status.one":
      "With 1 draft, accepted with a probability of {accepted}, a pass of the large model yields {tokens} tokens on average. The draft adds {added} to its time, so the text is written {speedup} times as fast.",
    "draft_count.status.none": "Without drafts, each pass of the large model yields one token.",
    "draft_count.try":
      "Add drafts: tokens per pass only grow, but the speedup has a peak. Where does it move if fewer drafts are accepted, or if each takes more of the time of a pass?",
  },
});
