"""Repeated data: the same number of updates, on few tokens many times or on many tokens once.

Muennighoff et al. (2023, "Scaling Data-Constrained Language Models") find that up to four epochs
are nearly as good as fresh tokens, and that the value of a repetition is gone after about forty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs336_core.model.language_model import LanguageModel
from cs336_core.training.batches import check_length
from cs336_core.training.data import ShuffledBatches
from cs336_core.training.errors import TrainingError
from cs336_core.training.initialization import parameter_groups
from cs336_core.training.loop import train_steps
from cs336_core.training.optimizers import AdamW
from cs336_core.training.runs.evaluation import evaluate, validation_batches
from cs336_core.training.schedules import build_schedule


@dataclass(frozen=True)
class Repeated:
    """The result of training on a part of the data.

    Attributes:
        epochs: how often the part was read.
        unique_tokens: its size.
        training_loss: the mean over the last tenth of the steps, in nats per token.
        validation_loss: on other text, in nats per token.

    """

    epochs: float
    unique_tokens: int
    training_loss: float
    validation_loss: float


def repeated_data(
    build_model: Callable[[], LanguageModel],
    train: NDArray[np.integer[Any]],
    validation: NDArray[np.integer[Any]],
    *,
    epochs: Sequence[float] = (1, 2, 4, 8, 16),
    n_steps: int = 200,
    batch_size: int = 16,
    learning_rate: float = 3e-3,
    seed: int = 0,
) -> Iterator[Repeated]:
    """Train a model for `n_steps` on as few tokens as are read `epochs` times; yield each result.

    `build_model` returns a new model with the same parameters each time. Raises `TrainingError` if
    `train` has fewer tokens than the first epoch needs, or a part has less than a window.
    """
    for number in epochs:
        model = build_model()
        context_length = model.config.context_length
        n_tokens = round(n_steps * batch_size * context_length / number) + context_length
        if n_tokens > len(train):
            raise TrainingError(
                f"{number:g} epochs of {n_steps:,} steps take {n_tokens:,} different tokens, and "
                f"the data has {len(train):,}; pass fewer steps or more epochs"
            )
        check_length(len(validation), context_length)
        batches = ShuffledBatches(train[:n_tokens], batch_size, context_length, seed=seed)
        steps = train_steps(
            model,
            batches,
            AdamW(parameter_groups(model, 0.1), betas=(0.9, 0.95)),
            n_steps=n_steps,
            schedule=build_schedule("cosine", learning_rate, n_steps, warmup=n_steps // 10),
            max_norm=1.0,
        )
        losses = [step.loss for step in steps]
        last = losses[-max(1, n_steps // 10) :]
        held_out = validation_batches(validation, batch_size, context_length, n_batches=20)
        yield Repeated(batches.epochs, n_tokens, sum(last) / len(last), evaluate(model, held_out))
