"""Batches: what a language model reads, and what it must predict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Bool, Int
from numpy.typing import NDArray
from torch import Tensor

from cs336_core.training.errors import TrainingError

Tokens: TypeAlias = "NDArray[np.integer] | Sequence[int] | Tensor"  # ids, in the order of the text


@dataclass(frozen=True)
class Batch:
    """Sequences of equal length.

    Attributes:
        inputs: (batch seq) ids.
        targets: (batch seq) ids: at each position, the one that follows.
        mask: (batch seq) true where the target counts; `None` if all do.
        documents: (batch seq) the number of the document that each input belongs to, where tokens
            may attend to their own document only; `None` if a sequence is one document.

    """

    inputs: Int[Tensor, "batch seq"]
    targets: Int[Tensor, "batch seq"]
    mask: Bool[Tensor, "batch seq"] | None = None
    documents: Int[Tensor, "batch seq"] | None = None

    @property
    def n_targets(self) -> int:
        """The number of targets that count."""
        return self.targets.numel() if self.mask is None else int(self.mask.sum())

    def to(self, device: torch.device | str) -> Batch:
        """Return the batch on a device."""
        mask = None if self.mask is None else self.mask.to(device)
        documents = None if self.documents is None else self.documents.to(device)
        return Batch(self.inputs.to(device), self.targets.to(device), mask, documents)


def get_batch(
    dataset: Tokens,
    batch_size: int,
    context_length: int,
    device: torch.device | str = "cpu",
    *,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "batch seq"], Int[Tensor, "batch seq"]]:
    """Return inputs and targets of `batch_size` windows that begin anywhere in the dataset.

    Windows may overlap, and a token may be drawn again before all others were seen once;
    `cs336_core.training.data.ShuffledBatches` visits each once per epoch. `dataset` is a
    one-dimensional array, which may be memory-mapped: only the windows are read. `generator` makes
    the draw repeatable; without it, PyTorch's global one is used.

    Raises `TrainingError` for a dataset that is not longer than a window.

    >>> inputs, targets = get_batch(range(1000), batch_size=4, context_length=8)
    >>> inputs.shape, bool((targets == inputs + 1).all())
    (torch.Size([4, 8]), True)
    """
    check_length(len(dataset), context_length)
    starts = torch.randint(len(dataset) - context_length, (batch_size,), generator=generator)
    rows = windows(dataset, starts.tolist(), context_length + 1).to(device)
    return rows[:, :-1], rows[:, 1:]


def random_batches(
    dataset: Tokens,
    batch_size: int,
    context_length: int,
    device: torch.device | str = "cpu",
    *,
    seed: int = 0,
) -> Iterator[Batch]:
    """Yield batches of `get_batch` without end; the same seed gives the same batches."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield Batch(*get_batch(dataset, batch_size, context_length, device, generator=generator))


def windows(dataset: Tokens, starts: Sequence[int], length: int) -> Int[Tensor, "rows length"]:
    """Return the `length` ids that begin at each start, as 64-bit integers."""
    rows = [np.asarray(dataset[start : start + length]).astype(np.int64) for start in starts]
    return torch.from_numpy(np.stack(rows))


def check_length(n_tokens: int, context_length: int) -> None:
    """Raise `TrainingError` unless a window and its last target fit into the dataset."""
    if context_length < 1:
        raise TrainingError(f"context_length is {context_length}; it must be 1 or more")
    if n_tokens <= context_length:
        raise TrainingError(
            f"the dataset has {n_tokens:,} tokens; a context_length of {context_length:,} needs "
            f"{context_length + 1:,} or more, since each input has a target after it. Pass more "
            "text or a shorter context_length"
        )
