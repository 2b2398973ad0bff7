"""FlashAttention: exact attention, tile by tile, without ever storing all scores.

A softmax needs the largest score of a row and the sum of all exponentials. Both can be updated
while keys are read one tile at a time: when a larger score appears, the sums so far are scaled
down. A row of scores is never in memory as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from cs336_core.model.attention import exp_
from cs336_core.model.norms import upcast


class Tile(NamedTuple):
    """Some queries against some keys: a rectangle of the scores.

    Attributes:
        rows: which queries.
        columns: which keys.
        is_first: whether it is the first tile of these queries.
        is_last: whether it is their last tile.
        diagonal: the offset of the causal mask's diagonal in this tile, as in `torch.tril`; `None`
            if the mask hides nothing of the tile.

    """

    rows: slice
    columns: slice
    is_first: bool
    is_last: bool
    diagonal: int | None


class FlashStep(NamedTuple):
    """The contents of fast memory after a tile.

    Attributes:
        tile: which queries and keys.
        scores: of the tile, scaled and masked.
        highest: the largest score of each query so far.
        total: the sum of exp(score - highest) so far.
        output: the sum of values so far, weighted by the same exponentials; divided by `total` it
            is the attention output for the keys so far.
        numbers_read: how many numbers were read from slow memory for this tile.
        numbers_written: how many were written to it.

    """

    tile: Tile
    scores: Float[Tensor, "*batch rows columns"]
    highest: Float[Tensor, "*batch rows 1"]
    total: Float[Tensor, "*batch rows 1"]
    output: Float[Tensor, "*batch rows d_v"]
    numbers_read: int
    numbers_written: int


def flash_attention(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    *,
    causal: bool = False,
    scale: float | None = None,
    tile: tuple[int, int] = (64, 64),
) -> Float[Tensor, "*batch queries d_v"]:
    """Compute `scaled_dot_product_attention` in memory that grows linearly with the sequence.

    Implements algorithms 1 and 2 of FlashAttention-2 (Dao 2023) in plain PyTorch. It shows the
    order of computation, but is not faster, since here the tiles are in slow memory as well.
    `causal` lets each query attend to the keys up to its own position; the last query is at the
    position of the last key. `tile` is the number of queries and keys per tile. It can be
    differentiated once, by autograd but not by the transforms of `torch.func`.
    """
    if min(tile) < 1:
        raise ValueError(f"tile is {tile}; it must have at least 1 query and 1 key")
    out: Tensor = FlashAttention.apply(  # type: ignore[no-untyped-call]
        query, key, value, causal, scale, tile
    )
    return out


class FlashAttention(torch.autograd.Function):
    """Saves inputs, output and one log-sum-exp per query for the backward pass, but no scores.

    `FlashAttention.apply(query, key, value)` takes the arguments of `flash_attention` in order.
    """

    @staticmethod
    def forward(  # noqa: PLR0917  (`apply` passes no keywords)
        ctx: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        causal: bool = False,
        scale: float | None = None,
        tile: tuple[int, int] = (64, 64),
    ) -> Tensor:
        """Follow the steps and write the output of each query after its last tile."""
        scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
        shape = query.shape[:-1]
        out = value.new_zeros(*shape, value.shape[-1])
        log_sum = upcast(value.new_zeros(shape))
        for step in flash_steps(query, key, value, causal=causal, scale=scale, tile=tile):
            if step.tile.is_last:
                rows = step.tile.rows
                total = step.total.clamp_min(torch.finfo(step.total.dtype).tiny)
                out[..., rows, :] = step.output / total
                log_sum[..., rows] = (step.highest + total.log()).squeeze(-1)
        ctx.save_for_backward(query, key, value, out, log_sum)
        ctx.causal, ctx.scale, ctx.tile = causal, scale, tile
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:
        """Recompute the scores and weights of each tile, and accumulate its gradients."""
        query, key, value, out, log_sum = ctx.saved_tensors
        d_query, d_key, d_value = (
            torch.zeros_like(x, dtype=log_sum.dtype) for x in (query, key, value)
        )
        # The backward pass of a softmax subtracts the weighted mean of each row of gradients. It
        # equals the dot product of the rows of d_out and out, so it needs no row of scores.
        mean = (upcast(d_out) * upcast(out)).sum(-1, keepdim=True)
        for tile in tiles(query.shape[-2], key.shape[-2], ctx.tile, causal=ctx.causal):
            rows, columns = tile.rows, tile.columns
            q, do = upcast(query[..., rows, :]), upcast(d_out[..., rows, :])
            k, v = upcast(key[..., columns, :]), upcast(value[..., columns, :])
            scores = _scores(q * ctx.scale, k, tile)
            weights = exp_(scores - log_sum[..., rows, None])
            d_scores = weights * (do @ v.mT - mean[..., rows, :]) * ctx.scale
            d_value[..., columns, :] += weights.mT @ do
            d_key[..., columns, :] += d_scores.mT @ q
            d_query[..., rows, :] += d_scores @ k
        gradients = (d_query, d_key, d_value)
        inputs = (query, key, value)
        return *(d.to(x.dtype) for d, x in zip(gradients, inputs, strict=True)), None, None, None


def flash_steps(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    *,
    causal: bool,
    scale: float,
    tile: tuple[int, int],
) -> Iterator[FlashStep]:
    """Yield the state of the forward pass after each tile; see `flash_attention`."""
    for current in tiles(query.shape[-2], key.shape[-2], tile, causal=causal):
        if current.is_first:
            q = upcast(query[..., current.rows, :]) * scale
            # Not minus infinity: subtracting it from itself would give NaN.
            highest = q.new_full((*q.shape[:-1], 1), torch.finfo(q.dtype).min)
            total = torch.zeros_like(highest)
            output = q.new_zeros(*q.shape[:-1], value.shape[-1])
        k, v = upcast(key[..., current.columns, :]), upcast(value[..., current.columns, :])
        scores = _scores(q, k, current)
        higher = torch.maximum(highest, scores.amax(-1, keepdim=True))
        rescale = (highest - higher).exp()  # of the sums so far, to the new largest score
        exponentials = exp_(scores - higher)
        total = rescale * total + exponentials.sum(-1, keepdim=True)
        output = rescale * output + exponentials @ v
        highest = higher
        yield FlashStep(
            current,
            scores,
            highest,
            total,
            output,
            numbers_read=(q.numel() if current.is_first else 0) + k.numel() + v.numel(),
            numbers_written=output.numel() + total.numel() if current.is_last else 0,
        )


def tiles(n_queries: int, n_keys: int, tile: tuple[int, int], *, causal: bool) -> Iterator[Tile]:
    """Yield the tiles row by row, except those that the causal mask hides completely.

    >>> for tile in tiles(4, 4, (2, 2), causal=True):
    ...     print(tile.rows.start, tile.columns.start, tile.diagonal)
    0 0 0
    2 0 None
    2 2 0
    """
    before = n_keys - n_queries  # keys before the first query
    for top in range(0, n_queries, tile[0]):
        bottom = min(top + tile[0], n_queries)
        end = min(max(before + bottom, 0), n_keys) if causal else n_keys
        for left in range(0, end, tile[1]):
            right = min(left + tile[1], n_keys)
            diagonal = before + top - left
            yield Tile(
                slice(top, bottom),
                slice(left, right),
                is_first=left == 0,
                is_last=right >= end,
                diagonal=diagonal if causal and diagonal < right - left - 1 else None,
            )


def _scores(query: Tensor, key: Tensor, tile: Tile) -> Tensor:
    """Return the scores of a tile, minus infinity where a query may not attend."""
    scores = query @ key.mT
    if tile.diagonal is None:
        return scores
    visible = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril(
        tile.diagonal
    )
    return scores.masked_fill(~visible, -math.inf)
