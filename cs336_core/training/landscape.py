"""A model's loss as a landscape over two numbers, and optimizers that descend it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cs336_core._shared.validation import check_choice
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.training.errors import TrainingError
from cs336_core.training.optimizers import SGD, AdamW

Method = Literal["sgd", "momentum", "adamw"]


class Point(NamedTuple):
    """A point of the landscape, and the loss there."""

    x: float
    y: float
    loss: float


def scale_surface(
    model: LanguageModel,
    inputs: Int[Tensor, "batch seq"],
    targets: Int[Tensor, "batch seq"],
    scales: Float[Tensor, " n"],
) -> Float[Tensor, "n n"]:
    """Return the loss with the LM head scaled by x and all attention outputs scaled by y.

    Row i has y = scales[i], column j has x = scales[j]. The model itself is not changed.
    """
    scaled = copy.deepcopy(model)
    parameters = dict(scaled.named_parameters())
    outputs = [w for name, w in parameters.items() if name.endswith("attention.output.weight")]
    originals = [weight.detach().clone() for weight in outputs]
    rows = []
    with torch.no_grad():
        for y in scales:
            for weight, original in zip(outputs, originals, strict=True):
                weight.copy_(y * original)
            logits = scaled(inputs)  # scaling the head scales the logits
            rows.append(torch.stack([cross_entropy(x * logits, targets) for x in scales]))
    return torch.stack(rows)


class Landscape:
    """A grid of losses, with a smooth surface through its points (Catmull-Rom, bicubic).

    Attributes:
        losses: (n n) rows of equal y, columns of equal x, both from `low` to `high`.

    """

    def __init__(self, losses: Float[Tensor, "n n"], low: float, high: float) -> None:
        self.losses = losses.double()
        self.low, self.high = low, high

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the loss at a point of the grid's square; differentiable in both coordinates."""
        n = len(self.losses)
        column, weights_x = self._weights(x, n)
        row, weights_y = self._weights(y, n)
        around = torch.arange(-1, 3)
        rows, columns = ((start + around).clamp(0, n - 1) for start in (row, column))
        return weights_y @ self.losses[rows][:, columns] @ weights_x

    def descend(
        self, method: Method, *, x: float, y: float, lr: float, momentum: float, n_steps: int
    ) -> Iterator[Point]:
        """Yield the start and the points after each step, as long as they are inside.

        "momentum" and "adamw" (as its first beta) use `momentum`; AdamW decays no weights here.
        """
        check_choice("method", method, get_args(Method), error=TrainingError)
        point = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
        optimizer: torch.optim.Optimizer
        if method == "adamw":
            optimizer = AdamW([point], lr, betas=(momentum, 0.999), weight_decay=0)
        else:
            optimizer = SGD([point], lr, momentum=momentum if method == "momentum" else 0)
        for step in range(n_steps + 1):
            loss = self.loss(*point)
            here_x, here_y = point.tolist()
            yield Point(here_x, here_y, loss.item())
            if step == n_steps:
                return
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if not bool(((point >= self.low) & (point <= self.high)).all()):
                return

    def _weights(self, coordinate: Tensor, n: int) -> tuple[int, Tensor]:
        """Return the cell of a coordinate, and the weights of the four grid lines around it."""
        position = (coordinate - self.low) / (self.high - self.low) * (n - 1)
        cell = min(max(int(position), 0), n - 2)
        t = position - cell
        weights = [
            -t + 2 * t**2 - t**3,
            2 - 5 * t**2 + 3 * t**3,
            t + 4 * t**2 - 3 * t**3,
            t**3 - t**2,
        ]
        return cell, torch.stack(weights) / 2
