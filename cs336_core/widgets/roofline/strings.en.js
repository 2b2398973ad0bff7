// The strings of the roofline explorer, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "roofline.title":
      "The roofline of a machine, and where the operations of a model stand under it",
    "roofline.plot": "FLOP/s at most",
    "roofline.plot.told":
      "The roof of {machine} in {precision}: it rises with {bandwidth} up to {ridge} FLOPs a byte, and is flat at {peak} from there. Each operation stands on it at its own FLOPs a byte; the whole pass stands below it, since its operations run one after another.",
    "roofline.memory": "memory-bound",
    "roofline.compute": "compute-bound",
    "roofline.axis.x": "FLOPs a byte moved (arithmetic intensity)",
    "roofline.axis.y": "FLOP/s",
    "roofline.ridge": "ridge: {n}",
    "roofline.peak": "{rate} in {precision}",
    "roofline.operations": "Operations, by their FLOPs a byte",
    "roofline.kind.projections": "Projections",
    "roofline.kind.scores": "Scores, values",
    "roofline.kind.mlp": "MLP",
    "roofline.kind.head": "LM head",
    "roofline.kind.whole": "Whole pass",
    "roofline.phase": "Phase",
    "roofline.phase.prefill": "Prefill",
    "roofline.phase.decode": "Decode",
    "roofline.during.prefill": "prefill",
    "roofline.during.decode": "decode",
    "roofline.legend.prefill": "prefill: {n} × {context} tokens at once",
    "roofline.legend.decode": "decode: {n} × 1 token more",
    "roofline.legend.time": "at the right: the least time of {phase}",
    "roofline.row": " in {phase}: {intensity} FLOPs a byte, {bound}, least time ",
    "roofline.model": "Model",
    "roofline.machine": "Machine",
    "roofline.precision": "Precision",
    "roofline.moved": "Counted as moved",
    "roofline.moved.weights": "weights, cache",
    "roofline.moved.vectors": "+ vectors",
    "roofline.moved.scores": "+ scores",
    "roofline.moved.weights.how": "each of them once a pass",
    "roofline.moved.vectors.how": "what goes into each matrix and comes out",
    "roofline.moved.scores.how": "written and read back, as without FlashAttention",
    "roofline.batch": "Sequences",
    "roofline.context": "Tokens of each",
    "roofline.told.prefill":
      "Prefill of {tokens} tokens is {bound}: {time} at least, {rate} tokens a second. {fit}",
    "roofline.told.decode":
      "Decode of {batch} after {context} is {bound}: a step takes {time} at least, {rate} tokens a second. {fit}",
    "roofline.sequences.one": "one sequence",
    "roofline.sequences": "{n} sequences",
    "roofline.tokens.one": "1 token",
    "roofline.tokens": "{n} tokens",
    "roofline.fit.yes": "{bytes} fit in its {memory}.",
    "roofline.fit.no": "{bytes} do not fit in its {memory}.",
    "roofline.try":
      "Raise the sequences: in decode, projections and MLP climb to the ridge, and scores and values stay. Then count the scores as moved, and look at prefill.",
    "roofline.details": "{kind} in {phase}",
    "roofline.flops": "FLOPs",
    "roofline.bytes": "Bytes moved",
    "roofline.intensity": "FLOPs a byte",
    "roofline.attained": "FLOP/s at best",
    "roofline.attained.share": "{rate}, {share} of the peak",
    "roofline.computing": "computing",
    "roofline.moving": "moving",
    "roofline.decides.memory":
      "Moving takes longer and decides: memory-bound. Meanwhile {share} of the arithmetic stands idle.",
    "roofline.decides.compute": "Computing takes longer and decides: compute-bound.",
    "roofline.decides.whole":
      "The parts run one after another, and in {share} of the time they wait for memory (highlighted).",
    "roofline.capacity": "Memory and speed",
    "roofline.weights": "weights",
    "roofline.cache": "KV cache",
    "roofline.of": "{bytes} of {memory}",
    "roofline.speed.prefill": "Prefill",
    "roofline.speed.decode": "Decode",
    "roofline.speed": "{time}, {rate} tokens a second",
    "roofline.why": "Why",
    "roofline.why.prefill":
      "A weight of {size} is read once and used for every token: 2 FLOPs each, and {n} tokens at once make {intensity} FLOPs a byte.",
    "roofline.size": "{n} bytes",
    "roofline.size.one": "1 byte",
    "roofline.why.vectors":
      "What goes into a matrix and comes out is moved, too: that leaves {left} in the MLP.",
    "roofline.why.experts":
      "Of {n} experts, {active} work on a token, so that each of their weights is used for fewer tokens: the MLP makes {prefill} FLOPs a byte in prefill and {decode} in decode.",
    "roofline.why.decode":
      "Decode reads the same weights for one token of each sequence: {intensity} a byte, and the {machine} could make {ridge}. About {needed} sequences at once would use it fully.",
    "roofline.why.cache":
      "Scores and values gain nothing from that: every sequence has keys and values of its own, which are read for one token each.",
    "roofline.why.head":
      "The LM head has little to do in prefill: only the last token of each sequence needs logits.",
    "roofline.table": "All numbers",
    "roofline.table.operation": "Operation",
    "roofline.table.bound": "Bound",
    "roofline.table.time": "Time",
    "roofline.bound.memory": "memory-bound",
    "roofline.bound.compute": "compute-bound",
    "roofline.unknown.model": "There is no model “{name}” here: this is {model}.",
    "roofline.unknown.machine": "There is no machine “{name}” here: this is {machine}.",
    "roofline.unknown.precision": "The {machine} has no {name}: counted in {precision}.",
  },
});
