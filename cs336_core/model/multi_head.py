"""Multi-head attention: several heads in parallel, each with its own projections."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import check_mask, scaled_dot_product_attention
from cs336_core.model.layers import Linear
from cs336_core.model.positions import Rotary


class KVCache:
    """The keys and values of one layer for all tokens so far, so that none is recomputed."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def __len__(self) -> int:
        """Return the number of cached positions."""
        return 0 if self.keys is None else self.keys.shape[-2]

    def append(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Append the keys and values of new positions, and return all of them."""
        if self.keys is not None and self.values is not None:
            keys = torch.cat([self.keys, keys], -2)
            values = torch.cat([self.values, values], -2)
        self.keys, self.values = keys, values
        return keys, values


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

    def forward(
        self,
        x: Float[Tensor, "batch queries d_model"],
        mask: Tensor | None = None,
        *,
        context: Float[Tensor, "batch keys d_model"] | None = None,
        positions: Int[Tensor, " queries"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch queries d_model"]:
        """Attend to `x` itself, or to `context` if it is given (cross-attention).

        `mask` broadcasts to (batch heads queries keys), true where a query may attend. `positions`
        are those of `x`, for the rotary angles; by default they continue the cache, or start at 0.
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
            if positions is None:
                first = 0 if cache is None else len(cache)
                positions = torch.arange(first, first + x.shape[1], device=x.device)
            queries, keys = self.rotary(queries, positions), self.rotary(keys, positions)
        if cache is not None:
            keys, values = cache.append(keys, values)
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
