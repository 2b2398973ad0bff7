// The strings of the training calculator, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "calculator.title": "How long a training run takes, and what it costs",
    "calculator.try":
      "Double the machines: the days halve, and the cost stays the same. Lower the MFU: both rise. Then train the same model on Chinchilla’s 20 tokens per parameter: how many days are left?",
    "calculator.time": "Time",
    "calculator.flops": "FLOPs",
    "calculator.hours": "Machine-hours",
    "calculator.cost": "Cost at your price",
    "calculator.formula": "How the time is computed",
    "calculator.formula.parameters": "parameters",
    "calculator.formula.active": "active parameters",
    "calculator.formula.tokens": "tokens",
    "calculator.formula.machines": "machines",
    "calculator.formula.machines.one": "machine",
    "calculator.formula.peak": "in {precision}",
    "calculator.formula.mfu": "MFU",
    "calculator.summary":
      "{params} parameters on {tokens} tokens take {flops} FLOPs: {time} on {machines} {machine}, {hours} machine-hours, {cost} at {price} per hour.",
    "calculator.assumed": "Assumptions",
    "calculator.assumed.flops":
      "6 FLOPs per parameter and token, for {params} parameters and {tokens} tokens: 2 in the forward and 4 in the backward pass. Attention scores and recomputation are left out.",
    "calculator.assumed.active":
      "Of {all} parameters, {active} are active per token; the others take memory but no FLOPs.",
    "calculator.assumed.rate":
      "One {machine} has a peak of {peak} in {precision}. Each of the {n} machines reaches {mfu}\u00a0% of that (the MFU) all the time: {rate} together. No machine fails, and adding machines does not lower the MFU.",
    "calculator.assumed.rate.one":
      "One {machine} has a peak of {peak} in {precision}. It reaches {mfu}\u00a0% of that (the MFU) all the time: {rate}. It never fails.",
    "calculator.assumed.price":
      "{price} per machine-hour is a placeholder, in your currency: enter what you would pay.",
    "calculator.assumed.memory":
      "Training takes {bytes} bytes per parameter: mixed precision with Adam. Every machine stores an equal part of everything (ZeRO, stage 3). Activations need additional memory.",
    "calculator.reported": "What was reported",
    "calculator.reported.what":
      "{source}: {title} took {hours} {machine} hours for {tokens} tokens. The formula gives these hours at an MFU of {implied}\u00a0% of the peak in {precision}. At your {mfu}\u00a0% it gives {computed}, {part}\u00a0% of them.",
    "calculator.reported.none":
      "No hours are known for this model. Choose a Llama or DeepSeek-V3 to compare the formula with a real run.",
    "calculator.ratio": "Tokens per parameter",
    "calculator.ratio.more":
      "{times} times Chinchilla’s {usual}: not compute-optimal, but the model is cheaper to run.",
    "calculator.ratio.less":
      "{part} of Chinchilla’s {usual}: with the same FLOPs, a smaller model trained on more tokens would be better.",
    "calculator.ratio.same":
      "Close to Chinchilla’s {usual}, which gives the lowest loss for these FLOPs.",
    "calculator.ratio.chinchilla": "Chinchilla: about {usual}",
    "calculator.ratio.axis":
      "Tokens per parameter, from {min} to {max}: {n} here, about {usual} for Chinchilla",
    "calculator.memory": "Memory without activations",
    "calculator.memory.part": "What is stored",
    "calculator.memory.bytes": "Bytes per parameter",
    "calculator.memory.all": "In total",
    "calculator.memory.each": "On each of {n}",
    "calculator.memory.each.one": "On the machine",
    "calculator.memory.weights": "weights",
    "calculator.memory.gradients": "gradients",
    "calculator.memory.master": "weights in 32 bits",
    "calculator.memory.averages": "Adam’s averages",
    "calculator.memory.sum": "together",
    "calculator.memory.fits":
      "One {machine} has {memory}. An equal part takes {percent} of that and leaves {left} for activations.",
    "calculator.memory.full":
      "One {machine} has {memory}: an equal part of {each} does not fit. This needs at least {min} machines.",
    "calculator.others": "The same run on other machines",
    "calculator.others.machine": "Machine",
    "calculator.others.peak": "Peak",
    "calculator.others.time": "Time",
    "calculator.others.memory": "Fits in memory",
    "calculator.others.yes": "yes",
    "calculator.others.no": "no",
    "calculator.model": "Model",
    "calculator.model.own": "your own",
    "calculator.params": "Parameters (10⁹)",
    "calculator.tokens": "Tokens (10⁹)",
    "calculator.machine": "Machine",
    "calculator.precision": "Precision",
    "calculator.machines": "Machines",
    "calculator.mfu": "MFU (%)",
    "calculator.price": "Your price per hour",
    "calculator.unknown.model": "Unknown model “{name}”: the parameters are your own.",
    "calculator.unknown.machine": "Unknown machine “{name}”: counted on {machine}.",
    "calculator.unknown.precision":
      "The {machine} does not support {name}: counted in {precision}.",
  },
});
