// The strings of the roofline explorer, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "roofline.title": "The roofline of a machine, and the operations of a model under it",
    "roofline.plot": "Attainable FLOP/s",
    "roofline.plot.summary":
      "The roofline of {machine} in {precision}: it rises with {bandwidth} up to {ridge} FLOPs per byte, and is flat at {peak} from there. Each operation is on the roofline at its own FLOPs per byte; the whole pass is below it, since its operations run one after another.",
    "roofline.memory": "memory-bound",
    "roofline.compute": "compute-bound",
    "roofline.axis.x": "FLOPs per byte moved (arithmetic intensity)",
    "roofline.ridge": "ridge: {n}",
    "roofline.peak": "{rate} in {precision}",
    "roofline.operations": "Operations by FLOPs per byte",
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
    "roofline.legend.decode": "decode: {n} × 1 new token",
    "roofline.legend.time": "on the right: the minimum time of {phase}",
    "roofline.row": " in {phase}: {intensity} FLOPs per byte, {bound}, minimum time ",
    "roofline.model": "Model",
    "roofline.machine": "Machine",
    "roofline.precision": "Precision",
    "roofline.moved": "Counted as moved",
    "roofline.moved.weights": "weights, cache",
    "roofline.moved.vectors": "+ vectors",
    "roofline.moved.scores": "+ scores",
    "roofline.moved.weights.how": "each of them once per pass",
    "roofline.moved.vectors.how": "inputs and outputs of every matrix, too",
    "roofline.moved.scores.how": "written and read back, as without FlashAttention",
    "roofline.batch": "Sequences",
    "roofline.context": "Context length",
    "roofline.summary.prefill":
      "Prefill of {tokens} tokens is {bound}: at least {time}, {rate} tokens per second. {fit}",
    "roofline.summary.decode":
      "Decode of {batch} after {context} is {bound}: a step takes at least {time}, {rate} tokens per second. {fit}",
    "roofline.sequences.one": "one sequence",
    "roofline.sequences": "{n} sequences",
    "roofline.tokens.one": "1 token",
    "roofline.tokens": "{n} tokens",
    "roofline.fit.yes": "{bytes} fit in its {memory}.",
    "roofline.fit.no": "{bytes} do not fit in its {memory}.",
    "roofline.try":
      "Increase the number of sequences: in decode, projections and MLP climb to the ridge, but scores and values do not. Then count the scores as moved, and look at prefill.",
    "roofline.details": "{kind} in {phase}",
    "roofline.flops": "FLOPs",
    "roofline.bytes": "Bytes moved",
    "roofline.intensity": "FLOPs per byte",
    "roofline.attained": "Attainable",
    "roofline.attained.value": "{rate}, {percent} of the peak",
    "roofline.computing": "computing",
    "roofline.moving": "moving",
    "roofline.decides.memory":
      "Moving the bytes takes longer: memory-bound. {percent} of the compute is idle.",
    "roofline.decides.compute": "Computing takes longer: compute-bound.",
    "roofline.decides.whole":
      "The parts run one after another and wait for memory {percent} of the time (highlighted).",
    "roofline.capacity": "Memory and speed",
    "roofline.weights": "weights",
    "roofline.cache": "KV cache",
    "roofline.speed.prefill": "Prefill",
    "roofline.speed.decode": "Decode",
    "roofline.speed": "{time}, {rate} tokens per second",
    "roofline.why": "Why",
    "roofline.why.prefill":
      "A weight of {size} is read once and used for every token, with 2 FLOPs each: {n} tokens at once give {intensity} FLOPs per byte.",
    "roofline.size": "{n} bytes",
    "roofline.size.one": "1 byte",
    "roofline.why.vectors":
      "The inputs and outputs of every matrix are moved, too, which leaves {left} in the MLP.",
    "roofline.why.experts":
      "Each token uses {active} of {n} experts, so that each of their weights is used for fewer tokens: the MLP has {prefill} FLOPs per byte in prefill and {decode} in decode.",
    "roofline.why.decode":
      "Decode reads the same weights for one token per sequence: {intensity} FLOPs per byte, where the {machine} could do {ridge}. It takes about {needed} sequences at once to use it fully.",
    "roofline.why.cache":
      "More sequences do not help scores and values: each sequence has its own keys and values, which are read for a single token.",
    "roofline.why.head":
      "In prefill, only the last token of each sequence needs logits, so the LM head has little work.",
    "roofline.table": "All numbers",
    "roofline.table.operation": "Operation",
    "roofline.table.bound": "Bound",
    "roofline.table.time": "Time",
    "roofline.bound.memory": "memory-bound",
    "roofline.bound.compute": "compute-bound",
    "roofline.unknown.model": "Unknown model “{name}”: showing {model}.",
    "roofline.unknown.machine": "Unknown machine “{name}”: showing {machine}.",
    "roofline.unknown.precision": "The {machine} does not support {name}: counted in {precision}.",
  },
});
