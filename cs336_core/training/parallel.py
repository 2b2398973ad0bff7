"""Data parallelism: each process reads a part of the batch, and all add up their gradients.

    torchrun --nproc-per-node 2 -m cs336_core.training train --config run.toml

torchrun starts the same program several times and describes the group in environment variables.
Every process has the whole model, with the same parameters: the same sum of gradients takes them to
the same new parameters. `gloo` connects CPUs, NCCL connects GPUs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True)
class Workers:
    """The processes that train one model together.

    Attributes:
        rank: which of them this process is, from 0.
        size: how many there are; 1 without torchrun.

    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def total(self, value: float) -> float:
        """Return the sum of a number over all processes."""
        if self.size == 1:
            return value
        total = torch.tensor([value], dtype=torch.float64, device=_device())
        dist.all_reduce(total)
        return total.item()

    def sum_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Replace each gradient by its sum over all processes.

        All gradients travel as one vector: one long message takes less time than many short ones.
        """
        gradients = [p.grad for p in parameters if p.grad is not None]
        if self.size == 1 or not gradients:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        parts = flat.split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def wait(self) -> None:
        """Wait until all processes are here, for example until the first has saved."""
        if self.size > 1:
            dist.barrier()


ALONE = Workers()


@contextmanager
def joined_workers() -> Iterator[Workers]:
    """Join the processes that torchrun has started; a process that it did not start is alone."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield ALONE
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Workers(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


def _device() -> str:
    """Return where messages have to be: NCCL sends from GPUs only."""
    return "cuda" if dist.get_backend() == "nccl" else "cpu"
