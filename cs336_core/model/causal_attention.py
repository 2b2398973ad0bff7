"""Causal attention that skips most of the scores that a causal mask would hide."""

from __future__ import annotations

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core.model.attention import check_mask, scaled_dot_product_attention
from cs336_core.model.causal_blocks import causal_blocks
from cs336_core.model.masks import causal_mask
from cs336_core.model.norms import upcast


def causal_attention(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    mask: Tensor | None = None,
    *,
    scale: float | None = None,
    cap: float | None = None,
    bias: Float[Tensor, ...] | None = None,
    sinks: Float[Tensor, ...] | None = None,
) -> Float[Tensor, "*batch queries d_v"]:
    """Compute `scaled_dot_product_attention` where each query sees the keys up to its position.

    The last query is at the position of the last key. `mask` hides further keys; all arguments and
    errors are those of `scaled_dot_product_attention`. A long sequence is computed in a few blocks
    of queries, each with the keys up to its last query (see `causal_blocks`); in a graph that is
    exported, all scores are computed and masked.
    """
    n_queries, n_keys = query.shape[-2], key.shape[-2]
    if mask is not None:
        batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
        check_mask(mask, torch.Size([*batch, n_queries, n_keys]))
    attend = partial(scaled_dot_product_attention, scale=scale, cap=cap)
    # The number of blocks depends on the length, and an exported graph may be for any length.
    blocks = [] if torch.compiler.is_exporting() else causal_blocks(n_queries, n_keys)
    if len(blocks) < 2:
        visible = up_to_query(mask, n_queries, n_keys, device=query.device)
        return attend(query, key, value, visible, bias=bias, sinks=sinks)
    # Slices of contiguous tensors are not copied by matmuls; other slices are, for every block.
    keys, values = upcast(key).contiguous(), upcast(value).contiguous()
    outputs = []
    for rows, columns in blocks:
        q, k, v = query[..., rows, :], keys[..., columns, :], values[..., columns, :]
        masked = _part(mask, n_queries, n_keys, rows, columns)
        visible = up_to_query(masked, q.shape[-2], k.shape[-2], device=q.device)
        biased = _part(bias, n_queries, n_keys, rows, columns)
        with_sinks = _part(sinks, n_queries, 1, rows, slice(1))
        outputs.append(attend(q, k, v, visible, bias=biased, sinks=with_sinks))
    return torch.cat(outputs, -2).to(value.dtype)


def up_to_query(
    mask: Tensor | None, n_queries: int, n_keys: int, *, device: torch.device
) -> Tensor | None:
    """Restrict a mask to keys up to the position of each query, as a causal mask does.

    A mask of `None` hides nothing. Nor does causality hide anything from a single query: it is at
    the position of the last key.
    """
    if n_queries == 1:
        return mask
    causal = causal_mask(n_queries, n_keys, device=device)
    return causal if mask is None else mask & causal


def _part(
    x: Tensor | None, n_rows: int, n_columns: int, rows: slice, columns: slice
) -> Tensor | None:
    """Return some rows and columns of what broadcasts to (... n_rows n_columns)."""
    return None if x is None else x.expand(*x.shape[:-2], n_rows, n_columns)[..., rows, columns]
