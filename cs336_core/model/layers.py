"""The two basic layers: a matrix and a lookup table."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from cs336_core.model.checks import check_range


class Linear(nn.Module):
    """A matrix, with or without a bias: `y = x W^T + b`.

    The weight is initialized from a normal distribution with variance 2 / (d_in + d_out), truncated
    at three standard deviations (Glorot and Bengio 2010); the bias is zero.

    >>> Linear(4, 3)(torch.zeros(2, 5, 4)).shape
    torch.Size([2, 5, 3])
    """

    def __init__(self, d_in: int, d_out: int, *, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_out, d_in))
        self.bias = nn.Parameter(torch.zeros(d_out)) if bias else None
        truncated_normal(self.weight, math.sqrt(2 / (d_in + d_out)))

    def forward(self, x: Float[Tensor, "... d_in"]) -> Float[Tensor, "... d_out"]:
        """Multiply each vector by the matrix."""
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class Embedding(nn.Module):
    """A table with a vector for each id.

    >>> Embedding(10, 4)(torch.tensor([[1, 2, 1]])).shape
    torch.Size([1, 3, 4])
    """

    def __init__(self, n: int, d: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n, d))
        truncated_normal(self.weight, 0.02)

    def forward(self, ids: Shaped[Tensor, ...]) -> Float[Tensor, "... d"]:
        """Look up each id.

        Raises `TypeError` for ids that are not integers and, on the CPU, `IndexError` for an id
        that is not in the table. Elsewhere that would wait for the device: check ids when they are
        read, with `check_ids`.
        """
        if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
            raise TypeError(f"ids have dtype {ids.dtype}; they must be integers")
        check_ids(ids, len(self.weight))
        return functional.embedding(ids.long(), self.weight)


def check_ids(ids: Tensor, n: int) -> None:
    """Raise `IndexError` for an id, known to the CPU, that is not in a table of `n`.

    >>> check_ids(torch.tensor([3, 10]), 10)
    Traceback (most recent call last):
    IndexError: id 10 is not in the table, which has ids 0 to 9
    """
    check_range(ids, n, "id {wrong} is not in the table, which has ids 0 to {last}")


def truncated_normal(weight: Tensor, std: float) -> None:
    """Fill with a normal distribution, truncated at three standard deviations."""
    nn.init.trunc_normal_(weight, std=std, a=-3 * std, b=3 * std)
