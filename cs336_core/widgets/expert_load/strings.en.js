// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "expert_load.title": "Tokens per expert while the router is balanced",
    "expert_load.step": "Balancing steps",
    "expert_load.capacity": "Capacity factor",
    "expert_load.expert": "Expert {n}",
    "expert_load.dropped": "Dropped",
    "expert_load.busiest": "Busiest expert",
    "expert_load.times": "{n}× the mean",
    "expert_load.room": "Capacity per expert",
    "expert_load.legend.processed": "processed",
    "expert_load.legend.dropped": "dropped",
    "expert_load.legend.mean": "the mean",
    "expert_load.steps": "{n} steps",
    "expert_load.steps.one": "1 step",
    "expert_load.status.some":
      "After {steps}, expert {busiest} is sent {most} tokens; the mean is {mean}. Each expert has room for {room}, so {dropped} are dropped.",
    "expert_load.status.none":
      "After {steps}, expert {busiest} is sent {most} tokens; the mean is {mean}. Each expert has room for {room}, so none is dropped.",
    "expert_load.try":
      "Balance the router step by step. Which experts gain tokens? After how many steps are no tokens dropped at a capacity factor of 1.25?",
  },
});
