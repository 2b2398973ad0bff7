"""FlashAttention: the same attention, tile by tile, without ever holding all scores.

A softmax needs the largest score of a row and the sum of all exponentials. Both can be kept up to
date while keys are read a tile at a time: where a larger score turns up, what was summed before is
scaled down. So a row of scores never stands in memory as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from cs336_core.model.norms import widened


class Tile(NamedTuple):
    """Some queries against some keys: a rectangle of the scores.

    Attributes:
        rows: which queries.
        columns: which keys.
        is_first: whether these queries meet keys for the first time.
        is_last: whether they have met all of theirs now.
        diagonal: the last one of the tile that the causal mask leaves visible, counted from its
            first score; `None` where it hides nothing of the tile.

    """

    rows: slice
    columns: slice
    is_first: bool
    is_last: bool
    diagonal: int | None


class FlashStep(NamedTuple):
    """What fast memory holds once a tile is done.

    Attributes:
        tile: which queries and keys.
        scores: of the tile, scaled and masked.
        highest: the largest score of each query so far.
        total: the sum of exp(score - highest) so far.
        output: the values, weighed by the same exponentials, summed so far; over `total` it is what
            attention gives for the keys read so far.
        numbers_read: how many numbers came from slow memory for this tile.
        numbers_written: how many went there.

    """

    tile: Tile
    scores: Float[Tensor, "*batch rows columns"]
    highest: Float[Tensor, "*batch rows 1"]
    total: Float[Tensor, "*batch rows 1"]
    output: Float[Tensor, "*batch rows d_v"]
    numbers_read: int
    numbers_written: int


def flash_attention(  # noqa: PLR0913  (each but three has a name)
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    *,
    causal: bool = False,
    scale: float | None = None,
    tile: tuple[int, int] = (64, 64),
) -> Float[Tensor, "*batch queries d_v"]:
    """Return `scaled_dot_product_attention`, in memory that grows linearly with the sequence.

    The algorithms are 1 and 2 of FlashAttention-2 (Dao 2023), in plain PyTorch: it shows what is
    computed in which order, and is no faster, since here the tiles are in slow memory as well.
    `causal` lets each query attend to the keys up to its place, where the last query stands at the
    last key. `tile` is how many queries and keys are taken at once. It can be differentiated once.
    """
    if min(tile) < 1:
        raise ValueError(f"tile is {tile}; it must hold 1 query and 1 key or more")
    out: Tensor = FlashAttention.apply(  # type: ignore[no-untyped-call]
        query, key, value, causal, scale, tile
    )
    return out


class FlashAttention(torch.autograd.Function):
    """Saves inputs, output and the log-sum-exp of each query for the backward pass, and no scores.

    `FlashAttention.apply(query, key, value)` takes the arguments of `flash_attention` in order.
    """

    @staticmethod
    def forward(  # noqa: PLR0913  (apply hands them over in order)
        ctx: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        causal: bool = False,
        scale: float | None = None,
        tile: tuple[int, int] = (64, 64),
    ) -> Tensor:
        """Follow the steps and write down each query's result with its last tile."""
        scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
        shape = query.shape[:-1]
        out = value.new_zeros(*shape, value.shape[-1])
        log_sum = widened(value.new_zeros(shape))
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
        """Compute each tile's scores and shares again, and add what it gives to each gradient."""
        query, key, value, out, log_sum = ctx.saved_tensors
        d_query, d_key, d_value = (
            torch.zeros_like(x, dtype=log_sum.dtype) for x in (query, key, value)
        )
        # What a softmax subtracts from each gradient: the mean of its row, weighed by the shares,
        # which is the same as the row's part of d_out in out.
        mean = (widened(d_out) * widened(out)).sum(-1, keepdim=True)
        for tile in tiles(query.shape[-2], key.shape[-2], ctx.tile, causal=ctx.causal):
            rows, columns = tile.rows, tile.columns
            q, do = widened(query[..., rows, :]), widened(d_out[..., rows, :])
            k, v = widened(key[..., columns, :]), widened(value[..., columns, :])
            scores = _scores(q * ctx.scale, k, tile)
            shares = (scores - log_sum[..., rows, None]).exp()
            d_scores = shares * (do @ v.mT - mean[..., rows, :]) * ctx.scale
            d_value[..., columns, :] += shares.mT @ do
            d_key[..., columns, :] += d_scores.mT @ q
            d_query[..., rows, :] += d_scores @ k
        gradients = (d_query, d_key, d_value)
        inputs = (query, key, value)
        return *(d.to(x.dtype) for d, x in zip(gradients, inputs, strict=True)), None, None, None


def flash_steps(  # noqa: PLR0913  (each but three has a name)
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    *,
    causal: bool,
    scale: float,
    tile: tuple[int, int],
) -> Iterator[FlashStep]:
    """Yield what the forward pass holds after each tile; see `flash_attention`."""
    for place in tiles(query.shape[-2], key.shape[-2], tile, causal=causal):
        if place.is_first:
            q = widened(query[..., place.rows, :]) * scale
            # Not minus infinity, which could not be subtracted from itself.
            highest = q.new_full((*q.shape[:-1], 1), torch.finfo(q.dtype).min)
            total = torch.zeros_like(highest)
            output = q.new_zeros(*q.shape[:-1], value.shape[-1])
        k, v = widened(key[..., place.columns, :]), widened(value[..., place.columns, :])
        scores = _scores(q, k, place)
        higher = torch.maximum(highest, scores.amax(-1, keepdim=True))
        kept = (highest - higher).exp()  # what was summed before counts for so much less
        shares = (scores - higher).exp()
        total = kept * total + shares.sum(-1, keepdim=True)
        output = kept * output + shares @ v
        highest = higher
        yield FlashStep(
            place,
            scores,
            highest,
            total,
            output,
            numbers_read=(q.numel() if place.is_first else 0) + k.numel() + v.numel(),
            numbers_written=output.numel() + total.numel() if place.is_last else 0,
        )


def tiles(n_queries: int, n_keys: int, tile: tuple[int, int], *, causal: bool) -> Iterator[Tile]:
    """Yield the tiles in order, row by row; none that the causal mask hides as a whole.

    >>> for tile in tiles(4, 4, (2, 2), causal=True):
    ...     print(tile.rows.start, tile.columns.start, tile.diagonal)
    0 0 0
    2 0 None
    2 2 0
    """
    before = n_keys - n_queries  # keys that the first query finds there already
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
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril(tile.diagonal)
    return scores.masked_fill(~seen, -math.inf)
