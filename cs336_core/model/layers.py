"""The two basic layers: a matrix and a lookup table."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn


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

        Raises `IndexError` for an id that is not in the table, `TypeError` for ids that are not
        integers.
        """
        if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
            raise TypeError(f"ids have dtype {ids.dtype}; they must be integers")
        n = len(self.weight)
        if ids.numel():
            lowest, highest = ids.aminmax()
            if lowest < 0 or highest >= n:
                wrong = int(highest) if highest >= n else int(lowest)
                raise IndexError(f"id {wrong} is not in the table, which has ids 0 to {n - 1}")
        return self.weight[ids.long()]  # PyTorch treats uint8 indices as a mask


def truncated_normal(weight: Tensor, std: float) -> None:
    """Fill with a normal distribution, truncated at three standard deviations."""
    nn.init.trunc_normal_(weight, std=std, a=-3 * std, b=3 * std)
