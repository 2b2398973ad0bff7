"""Masks: who may attend to whom. True means that the query may attend to the key."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def causal_mask(
    n_queries: int, n_keys: int | None = None, *, device: torch.device | None = None
) -> Bool[Tensor, "queries keys"]:
    """Let each token attend to itself and to those before it.

    Where there are more keys than queries, the queries are the last tokens: those before them have
    been read already.

    >>> causal_mask(2, 3).int()
    tensor([[1, 1, 0],
            [1, 1, 1]], dtype=torch.int32)
    """
    n_keys = n_queries if n_keys is None else n_keys
    queries = torch.arange(n_keys - n_queries, n_keys, device=device)
    return queries[:, None] >= torch.arange(n_keys, device=device)


def window_mask(
    n_queries: int, window: int, n_keys: int | None = None, *, device: torch.device | None = None
) -> Bool[Tensor, "queries keys"]:
    """Let each token attend to itself and to the `window` - 1 tokens before it.

    >>> window_mask(4, 2).int()
    tensor([[1, 0, 0, 0],
            [1, 1, 0, 0],
            [0, 1, 1, 0],
            [0, 0, 1, 1]], dtype=torch.int32)
    """
    if window < 1:
        raise ValueError(f"window is {window}; it must be 1 or more, since it holds the token")
    n_keys = n_queries if n_keys is None else n_keys
    queries = torch.arange(n_keys - n_queries, n_keys, device=device)[:, None]
    keys = torch.arange(n_keys, device=device)
    return (queries >= keys) & (queries - keys < window)


def prefix_mask(
    n_queries: int, prefix: int, n_keys: int | None = None, *, device: torch.device | None = None
) -> Bool[Tensor, "queries keys"]:
    """Let each token attend to the first `prefix` tokens, to itself and to those before it.

    The prefix is read as a whole, in both directions; what follows is written token by token (the
    prefix language model of Raffel et al. 2020, figure 3).

    >>> prefix_mask(4, 2).int()
    tensor([[1, 1, 0, 0],
            [1, 1, 0, 0],
            [1, 1, 1, 0],
            [1, 1, 1, 1]], dtype=torch.int32)
    """
    if prefix < 0:
        raise ValueError(f"prefix is {prefix}; it must be 0 or more, the number of tokens in it")
    causal = causal_mask(n_queries, n_keys, device=device)
    return causal | (torch.arange(causal.shape[1], device=device) < prefix)


def padding_mask(lengths: Int[Tensor, " batch"], n_keys: int) -> Bool[Tensor, "batch 1 1 keys"]:
    """Let no token attend to what only fills a batch up.

    It has a place for heads and one for queries, to be combined with a causal mask by `&`.

    >>> (padding_mask(torch.tensor([1, 3]), 3) & causal_mask(3))[0, 0].int()
    tensor([[1, 0, 0],
            [1, 0, 0],
            [1, 0, 0]], dtype=torch.int32)
    """
    if lengths.numel() and (lengths.min() < 0 or lengths.max() > n_keys):
        raise ValueError(
            f"lengths go from {int(lengths.min())} to {int(lengths.max())}; they must be between 0 "
            f"and the number of keys, which is {n_keys}"
        )
    keys = torch.arange(n_keys, device=lengths.device)
    return (keys < lengths[:, None])[:, None, None]
