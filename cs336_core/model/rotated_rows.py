"""Which dimensions of a head are rotated together: neighbors, as here, or halves of the head."""

from __future__ import annotations

import re
from collections.abc import Callable

import torch
from torch import Tensor

from cs336_core.model.config import ModelConfig


def in_pairs(name: str, rows: Tensor, config: ModelConfig) -> Tensor:
    """Reorder rows of the parameter `name`, if it is one of queries or keys that are rotated.

    Rows that are rotated together, half of the rotated rows of a head apart, move next to each
    other.

    >>> config = ModelConfig(vocab_size=9, context_length=8, n_layers=1, d_model=8, n_heads=2)
    >>> in_pairs("blocks.0.attention.key.bias", torch.arange(8), config).tolist()
    [0, 2, 1, 3, 4, 6, 5, 7]
    """
    return _reordered(name, rows, config, lambda dim: torch.arange(dim).view(2, -1).T.flatten())


def in_halves(name: str, rows: Tensor, config: ModelConfig) -> Tensor:
    """Undo `in_pairs`."""
    return _reordered(name, rows, config, lambda dim: torch.arange(dim).view(-1, 2).T.flatten())


def _reordered(
    name: str, rows: Tensor, config: ModelConfig, order_of: Callable[[int], Tensor]
) -> Tensor:
    """Reorder the rotated rows of each head."""
    part = re.search(r"attention\.(query|key|rotary_key|query_norm|key_norm)\.\w+$", name)
    if part is None or config.positions != "rotary":
        return rows
    width, first, dim = config.head_dim, 0, config.rotary_dim
    if config.latent is not None:
        if part[1] not in ("query", "rotary_key"):
            return rows
        first = config.latent.nope_head_dim if part[1] == "query" else 0
        width = first + dim
    heads = rows.reshape(-1, width, *(() if part[1].endswith("norm") else rows.shape[1:]))
    last = first + dim
    moved = heads[:, first:last][:, order_of(dim).to(rows.device)]
    return torch.cat([heads[:, :first], moved, heads[:, last:]], 1).view(rows.shape)
