"""Attention masks. True means that the query may attend to the key."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from cs336_core.model.positions import check_lengths


def causal_mask(
    n_queries: int, n_keys: int | None = None, *, device: torch.device | None = None
) -> Bool[Tensor, "queries keys"]:
    """Let each token attend to itself and to those before it.

    Where there are more keys than queries, the queries are the last tokens, and the keys before
    them come from a cache.

    >>> causal_mask(2, 3).int()
    tensor([[1, 1, 0],
            [1, 1, 1]], dtype=torch.int32)
    """
    n_keys = n_queries if n_keys is None else n_keys
    queries = torch.arange(n_keys - n_queries, n_keys, device=device)
    return torch.arange(n_keys, device=device) <= queries[:, None]


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
        raise ValueError(f"window is {window}; it must be 1 or more, since it includes the query")
    n_keys = n_queries if n_keys is None else n_keys
    queries = torch.arange(n_keys - n_queries, n_keys, device=device)
    return position_mask(queries, torch.arange(n_keys, device=device), window)


def position_mask(
    queries: Int[Tensor, "... queries"],
    keys: Int[Tensor, "... keys"],
    window: int | None = None,
) -> Bool[Tensor, "... queries keys"]:
    """Let the query at each position attend to the keys at positions up to its own.

    With a `window`, only to the last ones, itself included. Keys at negative positions are padding:
    no query attends to them.

    >>> position_mask(torch.tensor([1, 2]), torch.tensor([-1, 0, 1, 2])).int()
    tensor([[0, 1, 1, 0],
            [0, 1, 1, 1]], dtype=torch.int32)
    """
    # Compared rather than subtracted: torch.compile cannot vectorize differences of positions.
    queries, keys = queries[..., :, None], keys[..., None, :]
    mask = (keys >= 0) & (keys <= queries)
    return mask if window is None else mask & (keys > queries - window)


def same_chunk(
    queries: Int[Tensor, "... queries"], keys: Int[Tensor, "... keys"], size: int
) -> Bool[Tensor, "... queries keys"]:
    """Let a query attend within its chunk of `size` positions.

    >>> same_chunk(torch.arange(3), torch.arange(3), 2).int()
    tensor([[1, 1, 0],
            [1, 1, 0],
            [0, 0, 1]], dtype=torch.int32)
    """
    chunks = [positions.div(size, rounding_mode="floor") for positions in (queries, keys)]
    return chunks[0][..., :, None] == chunks[1][..., None, :]


def prefix_mask(
    n_queries: int, prefix: int, n_keys: int | None = None, *, device: torch.device | None = None
) -> Bool[Tensor, "queries keys"]:
    """Let each token attend to the first `prefix` tokens, to itself and to those before it.

    Attention is bidirectional within the prefix and causal after it (the prefix language model of
    Raffel et al. 2020, figure 3).

    >>> prefix_mask(4, 2).int()
    tensor([[1, 1, 0, 0],
            [1, 1, 0, 0],
            [1, 1, 1, 0],
            [1, 1, 1, 1]], dtype=torch.int32)
    """
    if prefix < 0:
        raise ValueError(f"prefix is {prefix}; it must be a number of tokens, 0 or more")
    causal = causal_mask(n_queries, n_keys, device=device)
    return causal | (torch.arange(causal.shape[1], device=device) < prefix)


def padding_mask(lengths: Int[Tensor, " batch"], n_keys: int) -> Bool[Tensor, "batch 1 1 keys"]:
    """Let no token attend to padding, where `lengths` are the true lengths of the sequences.

    The shape has dimensions for heads and queries, so that `&` combines it with a causal mask.

    >>> (padding_mask(torch.tensor([1, 3]), 3) & causal_mask(3))[0, 0].int()
    tensor([[1, 0, 0],
            [1, 0, 0],
            [1, 0, 0]], dtype=torch.int32)
    """
    check_lengths(lengths, n_keys)
    keys = torch.arange(n_keys, device=lengths.device)
    return (keys < lengths[:, None])[:, None, None]
