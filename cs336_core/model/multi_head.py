"""Multi-head attention: several heads in parallel, each with its own projections."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import check_mask, scaled_dot_product_attention
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.layers import Linear
from cs336_core.model.positions import Rotary, Rotation, by_head


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017), optionally with shared keys and values.

    With fewer key and value heads than query heads it is grouped-query attention (Ainslie et al.
    2023), with a single one multi-query attention (Shazeer 2019).

    Args:
        d_model: the width of the residual stream.
        n_heads: the number of query heads.
        n_kv_heads: the number of key and value heads, a divisor of `n_heads`; `None` for as many.
        d_head: the width of a head; `None` for d_model / n_heads, which must be an integer.
        bias: whether the output projection has a bias.
        qkv_bias: whether the query, key and value projections have; `None` for `bias`.
        rotary: rotates queries and keys by position, except in cross-attention.

    Raises:
        ValueError: for numbers that are less than 1 or do not divide.

    """

    def __init__(  # noqa: PLR0913  (options are keywords)
        self,
        d_model: int,
        n_heads: int,
        *,
        n_kv_heads: int | None = None,
        d_head: int | None = None,
        bias: bool = False,
        qkv_bias: bool | None = None,
        rotary: Rotary | None = None,
    ) -> None:
        super().__init__()
        if n_heads < 1:
            raise ValueError(f"n_heads is {n_heads}; it must be 1 or more")
        self.n_heads = n_heads
        self.n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if self.n_kv_heads < 1 or n_heads % self.n_kv_heads:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads, {n_heads}")
        if d_head is None and d_model % n_heads:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model, {d_model}")
        self.d_head = d_model // n_heads if d_head is None else d_head
        qkv_bias = bias if qkv_bias is None else qkv_bias
        self.query = Linear(d_model, n_heads * self.d_head, bias=qkv_bias)
        self.key = Linear(d_model, self.n_kv_heads * self.d_head, bias=qkv_bias)
        self.value = Linear(d_model, self.n_kv_heads * self.d_head, bias=qkv_bias)
        self.output = Linear(n_heads * self.d_head, d_model, bias=bias)
        self.rotary = rotary

    def forward(  # noqa: PLR0913  (options are keywords)
        self,
        x: Float[Tensor, "batch queries d_model"],
        mask: Tensor | None = None,
        *,
        context: Float[Tensor, "batch keys d_model"] | None = None,
        positions: Int[Tensor, "*batch queries"] | None = None,
        rotation: Rotation | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch queries d_model"]:
        """Attend to `x` itself, or to `context` if it is given (cross-attention).

        `mask` broadcasts to (batch heads queries keys), true where a query may attend. `positions`
        are those of `x`, for the rotary angles, (queries) or (batch queries); by default they
        continue the cache, or start at 0. `rotation` replaces them, if it is known already.
        With a `cache`, `x` follows the cached positions, and its keys and values are appended.

        Raises `ValueError` for a cache together with a context, `TypeError` or `ValueError` for a
        mask that does not broadcast.
        """
        if context is not None and cache is not None:
            raise ValueError(
                "pass a context or a cache, not both: the keys of a context never grow"
            )
        source = x if context is None else context
        queries = self.query(x).unflatten(-1, (self.n_heads, self.d_head)).transpose(1, 2)
        keys = self.key(source).unflatten(-1, (self.n_kv_heads, self.d_head)).transpose(1, 2)
        values = self.value(source).unflatten(-1, (self.n_kv_heads, self.d_head)).transpose(1, 2)
        if self.rotary is not None and context is None:
            if rotation is None:
                rotation = self.rotary.at(rotary_positions(x, positions, cache), x.dtype)
            queries, keys = self.rotary(queries, rotation), self.rotary(keys, rotation)
        if cache is not None:
            keys, values = cache.append(keys, values, positions)
        attended = self._attend(queries, keys, values, mask)
        out: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return out

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
        """Attend in each head; the heads of a group share keys and values without copying them."""
        shared = self.n_heads // self.n_kv_heads
        if shared == 1:
            return scaled_dot_product_attention(queries, keys, values, mask)
        grouped = queries.unflatten(1, (self.n_kv_heads, shared))  # (batch kv_heads shared ...)
        like = (-1, -1, shared, -1, -1)
        if mask is not None:
            check_mask(mask, torch.Size([*queries.shape[:-1], keys.shape[-2]]))
            if mask.ndim > 2 and mask.shape[-3] == self.n_heads:
                mask = mask.unflatten(-3, (self.n_kv_heads, shared))
            elif mask.ndim > 2:
                mask = mask.unsqueeze(-3)
        return scaled_dot_product_attention(
            grouped, keys[:, :, None].expand(like), values[:, :, None].expand(like), mask
        ).flatten(1, 2)


def rotary_positions(
    x: Float[Tensor, "batch seq d"], positions: Tensor | None, cache: KVCache | None
) -> Int[Tensor, "... seq"]:
    """Return the positions to rotate by; by default they continue the cache, or start at 0."""
    if positions is None:
        n = x.shape[1]
        positions = (KVCache() if cache is None else cache).next_positions(n, device=x.device)
    return by_head(positions)
