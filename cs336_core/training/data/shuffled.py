"""Shuffled batches that continue exactly where they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from cs336_core.training.batches import Batch, Tokens, check_length, windows
from cs336_core.training.errors import TrainingError


class ShuffledBatches:
    """Batches of windows of a dataset: each epoch reads every window once, in a new order.

    An epoch cuts the dataset into windows of `context_length` + 1 tokens, of which neighbors share
    one: the last target of one is the first input of the next. It begins at another offset than the
    epoch before, so that windows differ too. The order follows from `seed` and the number of the
    epoch, so the only state is `position`, the number of windows read so far. A resumed run sees
    the very batches that it would have seen.

    With several workers, each reads its own `batch_size` / `n_workers` rows of every batch.

    Raises `TrainingError` for a dataset that is not longer than a window, and for a batch size that
    the workers cannot divide.

    >>> batches = ShuffledBatches(range(41), batch_size=2, context_length=10, seed=1)
    >>> first = next(iter(batches))
    >>> first.inputs.shape, batches.position
    (torch.Size([2, 10]), 2)
    """

    def __init__(
        self,
        dataset: Tokens,
        batch_size: int,
        context_length: int,
        *,
        seed: int = 0,
        rank: int = 0,
        n_workers: int = 1,
        device: torch.device | str = "cpu",
    ) -> None:
        check_length(len(dataset), context_length)
        check_workers(batch_size, n_workers)
        self.dataset = dataset
        self.batch_size = batch_size
        self.context_length = context_length
        self.seed = seed
        self.rank = rank
        self.n_workers = n_workers
        self.device = device
        self.position = 0
        self.rows_per_epoch = max(1, (len(dataset) - context_length) // context_length)
        self._order = lru_cache(maxsize=2)(self._shuffled)  # a batch may span two epochs

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches without end, from the current position."""
        while True:
            n_rows = self.batch_size // self.n_workers
            first = self.position + self.rank * n_rows
            starts = [self._start(number) for number in range(first, first + n_rows)]
            self.position += self.batch_size
            rows = windows(self.dataset, starts, self.context_length + 1).to(self.device)
            yield Batch(rows[:, :-1], rows[:, 1:])

    @property
    def epochs(self) -> float:
        """How often the dataset has been read so far."""
        return self.position / self.rows_per_epoch

    def state_dict(self) -> dict[str, int]:
        """Return what a checkpoint needs."""
        return {"position": self.position, "n_tokens": len(self.dataset)}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continue where a checkpoint stopped; raise `TrainingError` for that of other data."""
        check_same("tokens", len(self.dataset), state["n_tokens"])
        self.position = state["position"]

    def _start(self, number: int) -> int:
        """Return where a window begins, counted over all epochs."""
        epoch, index = divmod(number, self.rows_per_epoch)
        return int(self._order(epoch)[index])

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        """Return where the windows of an epoch begin, in its order."""
        rng = np.random.default_rng([self.seed, epoch])
        n_inputs = self.rows_per_epoch * self.context_length
        offset = rng.integers(len(self.dataset) - n_inputs)
        order: NDArray[np.int64] = rng.permutation(self.rows_per_epoch)
        return offset + order * self.context_length


def check_same(unit: str, now: int, before: int) -> None:
    """Raise `TrainingError` unless the data is as large as it was."""
    if now != before:
        raise TrainingError(
            f"the data has {now:,} {unit}; the run to continue had {before:,}. Restore its data, "
            "or start a new run from its model"
        )


def check_workers(batch_size: int, n_workers: int) -> None:
    """Raise `TrainingError` unless the workers can share a batch."""
    if batch_size < 1 or batch_size % n_workers:
        raise TrainingError(
            f"a batch of {batch_size:,} sequences cannot be shared by {n_workers:,} workers; it "
            "must be a multiple of their number"
        )
