"""Magnitude pruning: set the smallest weights to zero, and keep them there."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Bool
from torch import Tensor, nn

from cs336_core._shared.validation import check_number
from cs336_core.model.layers import Linear


class PruningMasks:
    """Which entries of a model's matrices survive: in each, all but the smallest (Han et al. 2015).

    Only linear layers are pruned. Training moves pruned entries away from 0, so `apply` again after
    each of its steps.

    Args:
        model: the model whose weights are compared; `apply` changes it.
        fraction: of each matrix to prune, from 0 to 1.

    Raises:
        InvalidValueError: for another fraction.

    >>> linear = Linear(4, 1)
    >>> linear.weight.data = torch.tensor([[0.1, -0.4, 0.3, -0.2]])
    >>> PruningMasks(linear, 0.5).apply()
    >>> linear.weight.data
    tensor([[ 0.0000, -0.4000,  0.3000,  0.0000]])

    """

    def __init__(self, model: nn.Module, fraction: float) -> None:
        check_number("fraction", fraction, maximum=1)
        self._masks = [(weight, _largest(weight, 1 - fraction)) for weight in _matrices(model)]

    def apply(self) -> None:
        """Set the pruned entries to 0."""
        with torch.no_grad():
            for weight, mask in self._masks:
                weight.masked_fill_(~mask, 0)

    @property
    def sparsity(self) -> float:
        """The fraction of entries that are pruned."""
        total = sum(mask.numel() for _, mask in self._masks)
        return 1 - sum(int(mask.sum()) for _, mask in self._masks) / total


def _matrices(model: nn.Module) -> Iterator[Tensor]:
    """Yield the matrix of each linear layer."""
    yield from (each.weight for each in model.modules() if isinstance(each, Linear))


def _largest(weight: Tensor, fraction: float) -> Bool[Tensor, "d_out d_in"]:
    """Return where the largest entries are, exactly this fraction of them, rounded."""
    n = round(fraction * weight.numel())
    kept = weight.detach().abs().flatten().topk(n).indices
    mask = torch.zeros(weight.numel(), dtype=torch.bool, device=weight.device)
    mask[kept] = True
    return mask.view_as(weight)
