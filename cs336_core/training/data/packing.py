"""Packing: short examples share a sequence, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch

from cs336_core.training.batches import Batch
from cs336_core.training.data.examples import Example
from cs336_core.training.data.shuffled import check_same, check_workers
from cs336_core.training.errors import TrainingError

_PADDING = -1  # the document of positions after the last example


def pack(examples: Sequence[Example], context_length: int) -> list[list[Example]]:
    """Distribute examples, in order, over rows of at most `context_length` inputs.

    Each goes to the first row with room for it (first fit), where at most the last eight rows are
    considered. An example of n ids takes n - 1 inputs, since its last id is only a target.

    >>> sizes = [5, 4, 3, 4]
    >>> rows = pack([Example(tuple(range(n)), 1) for n in sizes], context_length=7)
    >>> [[len(example.ids) for example in row] for row in rows]
    [[5, 4], [3, 4]]
    """
    rows: list[list[Example]] = []
    room: list[int] = []  # of each row, in inputs
    for example in examples:
        n_inputs = len(example.ids) - 1
        recent = range(max(0, len(rows) - 8), len(rows))
        fit = next((row for row in recent if room[row] >= n_inputs), None)
        if fit is None:
            rows.append([])
            room.append(context_length)
            fit = len(rows) - 1
        rows[fit].append(example)
        room[fit] -= n_inputs
    return rows


def packed_batch(rows: Sequence[Sequence[Example]], context_length: int) -> Batch:
    """Return packed rows as a batch: responses are targets, and documents stay apart."""
    shape = len(rows), context_length
    inputs, targets = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    mask, documents = torch.zeros(shape, dtype=torch.bool), torch.full(shape, _PADDING)
    for i, row in enumerate(rows):
        start = 0
        for number, example in enumerate(row):
            ids = torch.tensor(example.ids)
            here = slice(start, start + len(ids) - 1)
            inputs[i, here], targets[i, here], documents[i, here] = ids[:-1], ids[1:], number
            mask[i, start + max(example.n_prompt, 1) - 1 : here.stop] = True
            start = here.stop
    return Batch(inputs, targets, mask, documents)


class ExampleBatches:
    """Batches of packed examples: each epoch has every example once, in a new order.

    As with `ShuffledBatches`, the order follows from `seed` and the epoch. The state is the epoch
    and the number of its rows read so far. Examples longer than the context are left out;
    `n_left_out` counts them.

    Raises `TrainingError` if no example fits.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        batch_size: int,
        context_length: int,
        *,
        seed: int = 0,
        rank: int = 0,
        n_workers: int = 1,
        device: torch.device | str = "cpu",
    ) -> None:
        check_workers(batch_size, n_workers)
        self.examples = [x for x in examples if 2 <= len(x.ids) <= context_length + 1]
        self.n_left_out = len(examples) - len(self.examples)
        if not self.examples:
            raise TrainingError(
                f"none of the {len(examples):,} examples fits into a context_length of "
                f"{context_length:,} tokens; pass shorter examples or a longer context"
            )
        self.batch_size = batch_size
        self.context_length = context_length
        self.seed = seed
        self.rank = rank
        self.n_workers = n_workers
        self.device = device
        self.epoch = 0
        self.row = 0
        self._rows = lru_cache(maxsize=2)(self._packed)

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches without end, from the current position."""
        n_rows = self.batch_size // self.n_workers
        while True:
            rows = [self._next_row() for _ in range(self.batch_size)]
            mine = rows[self.rank * n_rows : (self.rank + 1) * n_rows]
            yield packed_batch(mine, self.context_length).to(self.device)

    @property
    def rows_per_epoch(self) -> int:
        """The number of rows in the current epoch; others may have a few more or less."""
        return len(self._rows(self.epoch))

    @property
    def epochs(self) -> float:
        """How often the examples have been read so far."""
        return self.epoch + self.row / self.rows_per_epoch

    def state_dict(self) -> dict[str, int]:
        """Return what a checkpoint needs."""
        return {"epoch": self.epoch, "row": self.row, "n_examples": len(self.examples)}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continue where a checkpoint stopped; raise `TrainingError` for that of other data."""
        check_same("examples", len(self.examples), state["n_examples"])
        self.epoch, self.row = state["epoch"], state["row"]

    def _next_row(self) -> list[Example]:
        if self.row == self.rows_per_epoch:
            self.epoch, self.row = self.epoch + 1, 0
        self.row += 1
        return self._rows(self.epoch)[self.row - 1]

    def _packed(self, epoch: int) -> list[list[Example]]:
        """Return the rows of an epoch, in its order."""
        order = np.random.default_rng([self.seed, epoch]).permutation(len(self.examples))
        return pack([self.examples[i] for i in order], self.context_length)
