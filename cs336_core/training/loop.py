"""The training loop: a generator of one event per step.

It prints nothing and writes nothing: the code that iterates over it decides what to show, log and
save, and stops by leaving the loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import torch
from torch import Tensor, nn

from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.training.batches import Batch
from cs336_core.training.clipping import clip_gradients
from cs336_core.training.documents import packed_logits
from cs336_core.training.errors import DivergedError, TrainingError
from cs336_core.training.parallel import ALONE, Workers
from cs336_core.training.precision import LossScaler, Precision, autocast
from cs336_core.training.schedules import Schedule

Loss: TypeAlias = Callable[[Tensor, Tensor, Tensor | None], Tensor]  # logits, targets, mask


@dataclass(frozen=True)
class Step:
    """One step of the optimizer.

    Attributes:
        number: counted from 1, over all runs that a checkpoint connects.
        loss: the loss in nats per target, before the update.
        learning_rate: of the update.
        gradient_norm: the l2 norm of the gradient, before clipping.
        tokens: the number of input tokens that the step has read.
        is_skipped: whether a gradient overflowed in float16, so that there was no update.

    """

    number: int
    loss: float
    learning_rate: float
    gradient_norm: float
    tokens: int
    is_skipped: bool = False


def train_steps(
    model: nn.Module,
    batches: Iterable[Batch],
    optimizer: torch.optim.Optimizer,
    *,
    n_steps: int,
    schedule: Schedule | None = None,
    max_norm: float = math.inf,
    accumulate: int = 1,
    loss: Loss = cross_entropy,
    max_loss: float = math.inf,
    precision: Precision = "fp32",
    scaler: LossScaler | None = None,
    workers: Workers = ALONE,
    done: int = 0,
) -> Iterator[Step]:
    """Train a model that maps ids to logits; yield each step after its update.

    `schedule` maps the step, from 0, to the learning rate; without it the optimizer's own is used.
    A group of parameters with an "lr_scale" has that multiple of it. Each step accumulates the
    gradients of `accumulate` batches, weighted by their targets: the gradient is that of one large
    batch, in the memory of a small one. `precision` is that of matrix multiplications; "fp16" needs
    a `scaler`. With several `workers`, each passes its own part of every batch. `done` steps were
    taken before; the run ends after `n_steps` in all.

    Raises `DivergedError` before an update with a gradient that is not finite, or with a loss above
    `max_loss`; `TrainingError` if the batches end.

    >>> from cs336_core.model.config import ModelConfig
    >>> from cs336_core.model.language_model import LanguageModel
    >>> from cs336_core.training.batches import random_batches
    >>> from cs336_core.training.optimizers import AdamW
    >>> seeded = torch.manual_seed(0)
    >>> config = ModelConfig(vocab_size=10, context_length=8, n_layers=1, d_model=16, n_heads=2)
    >>> model = LanguageModel(config)
    >>> batches = random_batches([3, 1, 4, 1, 5, 9, 2, 6] * 9, batch_size=4, context_length=8)
    >>> steps = list(train_steps(model, batches, AdamW(model.parameters(), 0.01), n_steps=40))
    >>> steps[0].loss > 2 > 0.3 > steps[-1].loss
    True
    """
    source = iter(batches)
    parameters = list(model.parameters())
    for number in range(done + 1, n_steps + 1):
        if schedule is not None:
            for group in optimizer.param_groups:
                group["lr"] = schedule(number - 1) * group.get("lr_scale", 1.0)
        rate = optimizer.param_groups[0]["lr"]
        parts = list(islice(source, accumulate))
        if len(parts) < accumulate:
            raise TrainingError(f"the batches ended before step {number:,} of {n_steps:,}")
        optimizer.zero_grad()
        n_targets = workers.total(sum(part.n_targets for part in parts))
        own_loss = accumulate_gradients(
            model, parts, n_targets, loss=loss, precision=precision, scaler=scaler
        )
        mean_loss = workers.total(own_loss)
        workers.sum_gradients(parameters)
        is_skipped = scaler is not None and not scaler.unscale(parameters)
        norm = clip_gradients(parameters, max_norm)
        is_useful = mean_loss <= max_loss and (math.isfinite(norm) or is_skipped)
        if not is_useful:  # NaN is not <= either
            raise DivergedError(number, mean_loss, norm, rate)
        if not is_skipped:
            optimizer.step()
        if scaler is not None:
            scaler.update(not is_skipped)
        tokens = round(workers.total(sum(part.inputs.numel() for part in parts)))
        yield Step(number, mean_loss, rate, norm, tokens, is_skipped)


def accumulate_gradients(
    model: nn.Module,
    parts: Iterable[Batch],
    n_targets: float,
    *,
    loss: Loss,
    precision: Precision,
    scaler: LossScaler | None,
) -> float:
    """Add up the gradients of the parts of a batch with `n_targets` targets in all.

    Returns what the parts contribute to its mean loss.
    """
    mean_loss = 0.0
    for part in parts:
        with autocast(part.inputs.device, precision):
            mean = loss(logits_of(model, part), part.targets, part.mask)
        weighted = mean * (part.n_targets / n_targets)
        (weighted if scaler is None else scaler.scaled(weighted)).backward()
        mean_loss += weighted.item()
    return mean_loss


def logits_of(model: nn.Module, batch: Batch) -> Tensor:
    """Return the model's logits at every position, within documents if the batch has several."""
    if batch.documents is None:
        logits: Tensor = model(batch.inputs)
        return logits
    if not isinstance(model, LanguageModel):
        raise TrainingError("the batch has documents, which only a LanguageModel keeps apart")
    return packed_logits(model, batch.inputs, batch.documents)
