"""Multi-head latent attention: a token caches one short vector instead of all keys and values."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.causal_attention import causal_attention, up_to_query
from cs336_core.model.config import Latent
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.layers import Linear
from cs336_core.model.multi_head import rotary_positions
from cs336_core.model.norms import RMSNorm
from cs336_core.model.positions import Rotary, Rotation


class LatentAttention(nn.Module):
    """Multi-head latent attention (DeepSeek-V2, section 2.1).

    A down-projection compresses each token into a short latent vector, and two up-projections
    compute the keys and values of all heads from it. A rotation does not commute with those
    matrices, so a second part of the key carries the position: it is projected from the token
    itself and shared by all heads. Each latent is normalized, as in the published models.

    Its `KVCache` stores latents in place of keys and the rotated parts in place of values, both for
    all heads together: kv_rank + rope_head_dim numbers per token. With a non-empty cache, keys and
    values are never computed: the key projection is applied to the queries, and the value
    projection to the output (the absorbed form). The result is the same.

    Args:
        d_model: the width of the residual stream.
        n_heads: the number of heads.
        config: the widths of the latents and heads.
        eps: the epsilon of the norms.
        bias: whether the output projection has a bias.
        qkv_bias: whether the projections of queries, latents and rotary keys have biases;
            `None`: as `bias`. The up-projections of keys and values have none, or they could not be
            absorbed.
        rotary: rotates `rope_head_dim` dimensions of queries and keys.
        scale: the factor of the scores; `None` for one over the root of the width of a query.

    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        config: Latent,
        *,
        eps: float = 1e-5,
        bias: bool = False,
        qkv_bias: bool | None = None,
        rotary: Rotary | None = None,
        scale: float | None = None,
    ) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.config = config
        self.rotary = rotary
        rank, nope, rope = config.kv_rank, config.nope_head_dim, config.rope_head_dim
        qkv_bias = bias if qkv_bias is None else qkv_bias
        q_in = d_model
        self.query_down = self.query_norm = None
        if config.q_rank is not None:
            q_in = config.q_rank
            self.query_down = Linear(d_model, q_in, bias=qkv_bias)
            self.query_norm = RMSNorm(q_in, eps=eps)
        self.query = Linear(q_in, n_heads * (nope + rope), bias=qkv_bias)
        self.latent = Linear(d_model, rank, bias=qkv_bias)
        self.latent_norm = RMSNorm(rank, eps=eps)
        self.rotary_key = Linear(d_model, rope, bias=qkv_bias)
        self.key = Linear(rank, n_heads * nope)
        self.value = Linear(rank, n_heads * config.v_head_dim)
        self.output = Linear(n_heads * config.v_head_dim, d_model, bias=bias)
        self.scale = 1 / math.sqrt(nope + rope) if scale is None else scale

    def forward(
        self,
        x: Float[Tensor, "batch queries d_model"],
        mask: Tensor | None = None,
        *,
        positions: Int[Tensor, "*batch queries"] | None = None,
        rotation: Rotation | None = None,
        cache: KVCache | None = None,
        causal: bool = False,
    ) -> Float[Tensor, "batch queries d_model"]:
        """Attend to `x` and the cached tokens; the arguments are those of `MultiHeadAttention`."""
        before = 0 if cache is None else len(cache)
        if rotation is None and self.rotary is not None:
            rotation = self.rotary.at(rotary_positions(x, positions, cache), x.dtype)
        queries, rotary_queries = self._queries(x, rotation)
        latents = self.latent_norm(self.latent(x))
        rotary_keys = self._rotated(self.rotary_key(x)[:, None], rotation)[:, 0]  # without heads
        if cache is not None:
            latents, rotary_keys = cache.append(latents, rotary_keys, positions)
        attend = self.absorbed if before else self.plain
        attended = attend(queries, rotary_queries, latents, rotary_keys, mask, causal=causal)
        out: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return out

    def plain(
        self,
        queries: Float[Tensor, "batch heads queries nope"],
        rotary_queries: Float[Tensor, "batch heads queries rope"],
        latents: Float[Tensor, "batch keys rank"],
        rotary_keys: Float[Tensor, "batch keys rope"],
        mask: Tensor | None = None,
        *,
        causal: bool = False,
    ) -> Float[Tensor, "batch heads queries d_v"]:
        """Compute the keys and values of every head, and attend in each."""
        keys = self.key(latents).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        values = self.value(latents).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        shared = rotary_keys[:, None].expand(-1, self.n_heads, -1, -1)
        attend = causal_attention if causal else scaled_dot_product_attention
        return attend(
            torch.cat([queries, rotary_queries], -1),
            torch.cat([keys, shared], -1),
            values,
            mask,
            scale=self.scale,
        )

    def absorbed(
        self,
        queries: Float[Tensor, "batch heads queries nope"],
        rotary_queries: Float[Tensor, "batch heads queries rope"],
        latents: Float[Tensor, "batch keys rank"],
        rotary_keys: Float[Tensor, "batch keys rope"],
        mask: Tensor | None = None,
        *,
        causal: bool = False,
    ) -> Float[Tensor, "batch heads queries d_v"]:
        """Let all heads attend to the latents directly, as in multi-query attention.

        Each score is a longer dot product, but no keys are recomputed for cached tokens: faster
        where there are few queries.
        """
        key_weight = self.key.weight.unflatten(0, (self.n_heads, -1))  # (heads nope rank)
        value_weight = self.value.weight.unflatten(0, (self.n_heads, -1))  # (heads d_v rank)
        wide = torch.cat([queries @ key_weight, rotary_queries], -1)  # (batch heads queries ...)
        batch, heads, n = wide.shape[:3]
        if causal:
            mask = up_to_query(mask, n, latents.shape[-2], device=wide.device)
        if mask is not None:
            mask = mask.expand(batch, heads, n, -1).flatten(1, 2)
        # The queries of all heads are concatenated, so that latents are not copied for each head.
        attended = scaled_dot_product_attention(
            wide.flatten(1, 2),
            torch.cat([latents, rotary_keys], -1),
            latents,
            mask,
            scale=self.scale,
        )
        by_head: Tensor = attended.unflatten(1, (heads, n)) @ value_weight.mT
        return by_head

    def _queries(self, x: Tensor, rotation: Rotation | None) -> tuple[Tensor, Tensor]:
        """Return the two parts of each query, the second one rotated."""
        if self.query_down is not None and self.query_norm is not None:
            x = self.query_norm(self.query_down(x))
        queries = self.query(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        widths = [self.config.nope_head_dim, self.config.rope_head_dim]
        plain, to_rotate = queries.split(widths, -1)
        return plain, self._rotated(to_rotate, rotation)

    def _rotated(self, x: Tensor, rotation: Rotation | None) -> Tensor:
        """Rotate by position, if there are rotary positions."""
        if self.rotary is None or rotation is None:
            return x
        rotated: Tensor = self.rotary(x, rotation)
        return rotated
