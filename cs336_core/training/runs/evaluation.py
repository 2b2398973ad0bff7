"""Evaluation: the loss on text that the model does not train on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cs336_core.model.losses import cross_entropy
from cs336_core.training.batches import Batch, windows
from cs336_core.training.loop import logits_of
from cs336_core.training.precision import Precision, autocast


def evaluate(model: nn.Module, batches: Iterable[Batch], precision: Precision = "fp32") -> float:
    """Return the mean loss per target in nats, without dropout and without gradients.

    The same batches give the same loss: nothing is drawn at random, and the model's mode and the
    state of the random generators stay as they are.
    """
    was_training = model.training
    model.eval()
    total, n_targets = 0.0, 0
    with torch.no_grad():
        for batch in batches:
            with autocast(batch.inputs.device, precision):
                loss = cross_entropy(logits_of(model, batch), batch.targets, batch.mask)
            total += loss.item() * batch.n_targets
            n_targets += batch.n_targets
    model.train(was_training)
    return total / n_targets


def validation_batches(
    tokens: NDArray[np.integer[Any]], batch_size: int, context_length: int, n_batches: int
) -> list[Batch]:
    """Return up to `n_batches` batches of windows that are spread evenly over the tokens.

    There are none if the tokens are not longer than a window.

    >>> [batch.inputs[:, 0].tolist() for batch in validation_batches(np.arange(101), 2, 10, 2)]
    [[0, 30], [60, 90]]
    """
    n_windows = (len(tokens) - 1) // context_length
    n_used = min(n_windows, batch_size * n_batches)
    if n_used <= 0:
        return []
    numbers = np.linspace(0, n_windows - 1, n_used).astype(int)
    starts = [int(number) * context_length for number in numbers]
    return [
        Batch(rows[:, :-1], rows[:, 1:])
        for i in range(0, n_used, batch_size)
        for rows in [windows(tokens, starts[i : i + batch_size], context_length + 1)]
    ]


def bits_per_byte(loss: float, bytes_per_token: float) -> float | None:
    """Return a loss in nats per token as bits per byte of text, which no tokenizer influences.

    `None` if the bytes of a token are not known (0).

    >>> bits_per_byte(4 * math.log(2), bytes_per_token=2.0)
    2.0
    """
    return loss / math.log(2) / bytes_per_token if bytes_per_token else None
