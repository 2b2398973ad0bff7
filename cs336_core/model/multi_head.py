"""Multi-head attention: several heads in parallel, each with its own projections."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import check_mask, scaled_dot_product_attention
from cs336_core.model.causal_attention import causal_attention
from cs336_core.model.config import QKNorm
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.layers import Linear
from cs336_core.model.norms import RMSNorm
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
        qkv_bias: whether the query, key and value projections have biases; `None`: as `bias`.
        rotary: rotates queries and keys by position, except in cross-attention.
        qk_norm: how queries and keys are normalized before that; see `ModelConfig`.
        norm: builds these norms from their shape.
        scale: the factor of the scores; `None` for 1 / sqrt(d_head).
        cap: the limit of the scores; `None` for no limit.
        has_sinks: whether each head has a score without a key or value.

    Raises:
        ValueError: for numbers that are less than 1 or do not divide.

    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        *,
        n_kv_heads: int | None = None,
        d_head: int | None = None,
        bias: bool = False,
        qkv_bias: bool | None = None,
        rotary: Rotary | None = None,
        qk_norm: QKNorm | None = None,
        norm: Callable[..., nn.Module] = RMSNorm,
        scale: float | None = None,
        cap: float | None = None,
        has_sinks: bool = False,
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
        self.qk_norm = qk_norm
        self.query_norm, self.key_norm = (
            None if qk_norm is None else norm(*_norm_shape(qk_norm, n, self.d_head))
            for n in (n_heads, self.n_kv_heads)
        )
        self.rotary = rotary
        self.scale = scale
        self.cap = cap
        self.sinks = nn.Parameter(torch.zeros(n_heads)) if has_sinks else None

    def forward(
        self,
        x: Float[Tensor, "batch queries d_model"],
        mask: Tensor | None = None,
        *,
        context: Float[Tensor, "batch keys d_model"] | None = None,
        positions: Int[Tensor, "*batch queries"] | None = None,
        rotation: Rotation | None = None,
        bias: Float[Tensor, ...] | None = None,
        cache: KVCache | None = None,
        causal: bool = False,
    ) -> Float[Tensor, "batch queries d_model"]:
        """Attend to `x` itself, or to `context` if it is given (cross-attention).

        `mask` broadcasts to (batch heads queries keys), true where a query may attend; so does
        `bias`, which is added to the scores. If `causal`, a query may attend to the keys up to its
        own position alone, where the last query is at the position of the last key. `positions` are
        those of `x`, for the rotary angles, (queries) or (batch queries); by default they continue
        the cache, or start at 0. `rotation` replaces them, if it is known already. With a `cache`,
        `x` follows the cached positions, and its keys and values are appended.

        Raises `ValueError` for a cache together with a context, `TypeError` or `ValueError` for a
        mask that does not broadcast.
        """
        if context is not None and cache is not None:
            raise ValueError(
                "pass a context or a cache, not both: the keys of a context never grow"
            )
        source = x if context is None else context
        queries = self._split(self.query(x), self.n_heads, self.query_norm)
        keys = self._split(self.key(source), self.n_kv_heads, self.key_norm)
        values = self._split(self.value(source), self.n_kv_heads)
        if self.rotary is not None and context is None:
            if rotation is None:
                rotation = self.rotary.at(rotary_positions(x, positions, cache), x.dtype)
            queries, keys = self.rotary(queries, rotation), self.rotary(keys, rotation)
        if cache is not None:
            keys, values = cache.append(keys, values, positions)
        attended = self._attend(queries, keys, values, mask, bias, causal=causal)
        out: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor, n: int, norm: nn.Module | None = None) -> Tensor:
        """Split (batch seq n*d_head) into heads, and normalize all of them together or each."""
        if norm is not None and self.qk_norm == "all heads":
            x = norm(x)
        x = x.unflatten(-1, (n, self.d_head))
        if norm is not None and self.qk_norm != "all heads":
            x = norm(x)
        return x.transpose(1, 2)  # (batch n seq d_head)

    def _attend(
        self,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None,
        bias: Tensor | None,
        *,
        causal: bool,
    ) -> Tensor:
        """Attend in each head; the heads of a group share keys and values without copying them."""
        attention = causal_attention if causal else scaled_dot_product_attention
        attend = partial(attention, scale=self.scale, cap=self.cap)
        sinks = None if self.sinks is None else self.sinks[:, None, None]  # (heads 1 1)
        shared = self.n_heads // self.n_kv_heads
        if shared == 1:
            return attend(queries, keys, values, mask, bias=bias, sinks=sinks)
        if mask is not None:
            check_mask(mask, torch.Size([*queries.shape[:-1], keys.shape[-2]]))
        like = (-1, -1, shared, -1, -1)  # (batch kv_heads shared keys d_head)
        return attend(
            queries.unflatten(1, (self.n_kv_heads, shared)),
            keys[:, :, None].expand(like),
            values[:, :, None].expand(like),
            self._grouped(mask),
            bias=self._grouped(bias),
            sinks=self._grouped(sinks),
        ).flatten(1, 2)

    def _grouped(self, x: Tensor | None) -> Tensor | None:
        """Split the dimension of heads, (... heads queries keys), into groups and their heads."""
        if x is None or x.ndim < 3:
            return x
        if x.shape[-3] != self.n_heads:
            return x.unsqueeze(-3)
        grouped: Tensor = x.unflatten(-3, (self.n_kv_heads, -1))
        return grouped


def _norm_shape(kind: QKNorm, n_heads: int, d_head: int) -> tuple[int, ...]:
    """Return the shape of the weight of a norm of queries or keys."""
    if kind == "head":
        return (d_head,)
    return (n_heads, d_head) if kind == "each head" else (n_heads * d_head,)


def rotary_positions(
    x: Float[Tensor, "batch seq d"], positions: Tensor | None, cache: KVCache | None
) -> Int[Tensor, "... seq"]:
    """Return the positions to rotate by; by default they continue the cache, or start at 0."""
    if positions is None:
        n = x.shape[1]
        positions = (KVCache() if cache is None else cache).next_positions(n, device=x.device)
    return by_head(positions)
