"""Overfitting a single batch: a quick test that a model and its training work."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor, nn

from cs336_core.model.losses import cross_entropy


def overfit_batch(
    model: nn.Module,
    inputs: Int[Tensor, "batch seq"],
    targets: Int[Tensor, "batch seq"],
    *,
    n_steps: int = 60,
    learning_rate: float = 3e-3,
    label_smoothing: float = 0.0,
    mask: Tensor | None = None,
) -> list[float]:
    """Train a model on one batch with AdamW, and return the loss before each step, in nats.

    `model` maps `inputs` to logits, which are trained to predict `targets`; positions where `mask`
    is false do not count. Raises `ValueError` for less than one step or a learning rate that is not
    above 0.

    >>> from cs336_core.model.config import ModelConfig
    >>> from cs336_core.model.language_model import LanguageModel
    >>> seeded = torch.manual_seed(0)
    >>> config = ModelConfig(vocab_size=9, context_length=8, n_layers=1, d_model=16, n_heads=2)
    >>> ids = torch.tensor([[3, 1, 4, 1, 5]])
    >>> losses = overfit_batch(LanguageModel(config), ids[:, :-1], ids[:, 1:])
    >>> losses[0] > 1 > 0.1 > losses[-1]
    True
    """
    if n_steps < 1:
        raise ValueError(f"n_steps is {n_steps}; it must be 1 or more")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate is {learning_rate}; it must be above 0")
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = cross_entropy(model(inputs), targets, mask, label_smoothing=label_smoothing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
