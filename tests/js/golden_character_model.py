"""A tiny model of characters with its gradients, and its parameters after a few steps of Adam."""

from __future__ import annotations

import random
from typing import Any

import torch
from torch import Tensor

from cs336_core.model.losses import cross_entropy
from cs336_core.training.optimizers import AdamW

DECIMALS = 10
SIZES = {"vocab": 5, "context": 3, "d": 2, "hidden": 4}
SHAPES = {
    "embedding": (5, 2),
    "input": (4, 6),
    "bias": (4,),
    "output": (5, 4),
    "outputBias": (5,),
}
INPUTS = [[0, 1, 2], [4, 4, 4], [3, 0, 3], [1, 2, 0]]
TARGETS = [3, 4, 0, 0]


def logits(parameters: dict[str, Tensor], inputs: Tensor) -> Tensor:
    """Return the logits of the character after each row of inputs."""
    x = parameters["embedding"][inputs].flatten(1)
    hidden = torch.tanh(x @ parameters["input"].T + parameters["bias"])
    return hidden @ parameters["output"].T + parameters["outputBias"]


def numbers(tensors: dict[str, Tensor]) -> dict[str, list[float]]:
    """Return the entries of each tensor, row by row."""
    return {
        name: [round(entry, DECIMALS) + 0.0 for entry in tensor.flatten().tolist()]
        for name, tensor in tensors.items()
    }


def golden_character_model() -> list[dict[str, Any]]:
    """Return one case with the loss and the gradients before the first of three steps."""
    rng = random.Random(2003)
    parameters = {
        name: torch.tensor(
            [round(rng.gauss(0, 0.7), 3) for _ in range(torch.Size(shape).numel())],
            dtype=torch.float64,
        )
        .reshape(shape)
        .requires_grad_()
        for name, shape in SHAPES.items()
    }
    case: dict[str, Any] = {"sizes": SIZES, "parameters": numbers(parameters), "rate": 0.05}
    optimizer = AdamW(parameters.values(), lr=case["rate"], weight_decay=0)
    inputs, targets = torch.tensor(INPUTS), torch.tensor(TARGETS)
    losses = []
    for step in range(3):
        loss = cross_entropy(logits(parameters, inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            case["gradients"] = numbers({name: p.grad for name, p in parameters.items()})
        optimizer.step()
        losses.append(round(loss.item(), DECIMALS))
    return [
        case
        | {"inputs": [i for row in INPUTS for i in row], "targets": TARGETS, "losses": losses}
        | {"after": numbers(parameters)}
    ]
