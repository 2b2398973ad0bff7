"""Clipping gradients: one batch with a huge gradient must not undo a thousand steps."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from cs336_core.training.errors import TrainingError

_EPS = 1e-6  # as PyTorch and the course's assignment


def gradient_norm(parameters: Iterable[Tensor]) -> float:
    """Return the l2 norm of all gradients together, as one long vector.

    Parameters without a gradient do not count.
    """
    norms = [torch.linalg.vector_norm(p.grad) for p in parameters if p.grad is not None]
    return float(torch.linalg.vector_norm(torch.stack(norms))) if norms else 0.0


@torch.no_grad()
def clip_gradients(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients by one factor so that their norm is at most `max_norm`, in place.

    One factor for all keeps the direction of the step (Pascanu et al. 2013, algorithm 1). Returns
    the norm before, which is worth logging: it grows before a loss diverges. If it is not finite,
    the gradients remain as they are, since no factor makes them useful.

    Raises `TrainingError` for a `max_norm` that is not above 0.

    >>> p = torch.zeros(2, requires_grad=True)
    >>> p.grad = torch.tensor([3.0, 4.0])
    >>> clip_gradients([p], max_norm=1.0)
    5.0
    >>> p.grad
    tensor([0.6000, 0.8000])
    """
    if not max_norm > 0:
        raise TrainingError(f"max_norm is {max_norm}; it must be above 0")
    parameters = list(parameters)
    norm = gradient_norm(parameters)
    if max_norm < norm < math.inf:
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad *= max_norm / (norm + _EPS)
    return norm
