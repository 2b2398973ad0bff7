"""The two layers that everything else is made of: a matrix, and a table."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn


class Linear(nn.Module):
    """A matrix, with or without a bias: `y = x W^T + b`.

    The weight starts as a normal distribution with variance 2 / (d_in + d_out), cut at three
    standard deviations (Glorot and Bengio 2010); the bias as zeros.

    >>> Linear(4, 3)(torch.zeros(2, 5, 4)).shape
    torch.Size([2, 5, 3])
    """

    def __init__(self, d_in: int, d_out: int, *, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_out, d_in))
        self.bias = nn.Parameter(torch.zeros(d_out)) if bias else None
        truncated_normal(self.weight, math.sqrt(2 / (d_in + d_out)))

    def forward(self, x: Float[Tensor, "... d_in"]) -> Float[Tensor, "... d_out"]:
        """Multiply each vector."""
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
        """Look up each id; raise `IndexError`, naming it, for one that is not in the table.

        Raises `TypeError` for ids that are not whole numbers.
        """
        if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
            raise TypeError(f"ids have dtype {ids.dtype}; they must be whole numbers")
        n = len(self.weight)
        if ids.numel():
            least, most = ids.aminmax()
            if least < 0 or most >= n:
                wrong = int(most) if most >= n else int(least)
                raise IndexError(f"id {wrong} is not in the table, which has ids 0 to {n - 1}")
        return self.weight[ids.long()]  # indexed by uint8, a tensor takes it for a mask


def truncated_normal(weight: Tensor, std: float) -> None:
    """Fill with a normal distribution, cut at three standard deviations."""
    nn.init.trunc_normal_(weight, std=std, a=-3 * std, b=3 * std)
