// The strings of the training calculator, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "calculator.title": "How long a training run takes, and what it costs",
    "calculator.try":
      "Double the machines: the days halve, the cost stays. Lower the MFU: both rise. Then train the same model on Chinchilla’s 20 tokens per parameter: how many days are left?",
    "calculator.time": "Time",
    "calculator.flops": "FLOPs",
    "calculator.hours": "Machine-hours",
    "calculator.cost": "Cost at your price",
    "calculator.flops.unit": "{n} FLOPs",
    "calculator.formula": "How the time comes about",
    "calculator.formula.parameters": "parameters",
    "calculator.formula.active": "active parameters",
    "calculator.formula.tokens": "tokens",
    "calculator.formula.machines": "machines",
    "calculator.formula.machines.one": "machine",
    "calculator.formula.peak": "in {precision}",
    "calculator.formula.mfu": "MFU",
    "calculator.told":
      "{params} parameters on {tokens} tokens take {flops} FLOPs: {time} on {machines} {machine}, {hours} machine-hours, {cost} at {price} per hour.",
    "calculator.assumed": "What is assumed",
    "calculator.assumed.flops":
      "Each of {params} parameters takes 6 FLOPs for each of {tokens} tokens: 2 forward, 4 backward. Attention’s scores and recomputation are left out.",
    "calculator.assumed.active":
      "Of {all} parameters, {active} work on a token; the others take memory and no FLOPs.",
    "calculator.assumed.rate":
      "One {machine} computes at most {peak} in {precision}. Each of the {n} machines reaches {mfu} % of that (the MFU), day and night: {rate} together. No machine fails, and more machines slow none down.",
    "calculator.assumed.rate.one":
      "One {machine} computes at most {peak} in {precision}. It reaches {mfu} % of that (the MFU), day and night: {rate}. It never fails.",
    "calculator.assumed.price":
      "{price} for an hour of one machine is a number of yours, in your currency: put in what you would pay.",
    "calculator.assumed.memory":
      "Training keeps {bytes} bytes a parameter: mixed precision with Adam. Every machine keeps an equal part of all of it (ZeRO, stage 3). Activations come on top.",
    "calculator.ratio": "Tokens per parameter",
    "calculator.ratio.more":
      "{times} times Chinchilla’s {usual}: more training than is cheapest for its loss, for a model that is cheaper to run.",
    "calculator.ratio.less":
      "{part} of Chinchilla’s {usual}: with as many FLOPs, a smaller model on more tokens would do better.",
    "calculator.ratio.same":
      "Close to Chinchilla’s {usual}, which gives the lowest loss for the FLOPs.",
    "calculator.ratio.chinchilla": "Chinchilla: about {usual}",
    "calculator.ratio.axis":
      "Tokens per parameter, from {least} to {most}: {n} here, about {usual} for Chinchilla",
    "calculator.memory": "Memory without activations",
    "calculator.memory.part": "What is kept",
    "calculator.memory.bytes": "Bytes per parameter",
    "calculator.memory.all": "In all",
    "calculator.memory.each": "Each of {n}",
    "calculator.memory.each.one": "On the one",
    "calculator.memory.weights": "weights",
    "calculator.memory.gradients": "gradients",
    "calculator.memory.master": "weights in 32 bits",
    "calculator.memory.averages": "Adam’s two averages",
    "calculator.memory.sum": "together",
    "calculator.memory.fits":
      "One {machine} has {memory}. An equal part takes {share} of it and leaves {left} for activations.",
    "calculator.memory.full":
      "One {machine} has {memory}: an equal part of {each} does not fit. It takes at least {least} machines.",
    "calculator.others": "The same run on other machines",
    "calculator.others.machine": "Machine",
    "calculator.others.peak": "At most",
    "calculator.others.time": "Time",
    "calculator.others.memory": "Its part fits",
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
    "calculator.price": "Your price an hour",
    "calculator.unknown.model": "There is no model “{name}” here: the parameters are your own.",
    "calculator.unknown.machine": "There is no machine “{name}” here: counted on {machine}.",
    "calculator.unknown.precision": "The {machine} has no {name}: counted in {precision}.",
  },
});
