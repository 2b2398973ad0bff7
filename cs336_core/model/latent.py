"""Multi-head latent attention: what is cached of a token is one short vector, not its heads."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.config import Latent
from cs336_core.model.layers import Linear
from cs336_core.model.multi_head import KVCache
from cs336_core.model.norms import RMSNorm
from cs336_core.model.positions import Rotary


class LatentAttention(nn.Module):
    """Multi-head latent attention (DeepSeek-V2, section 2.1).

    A matrix makes a short latent vector of each token, and two others make the keys and values of
    all heads from it. A rotation does not commute with those matrices, so the place is told by a
    second part of the key, which is not made from the latent and which all heads share. A norm
    follows each narrow vector, as in the published models.

    A `KVCache` given to it holds latents in place of keys and the rotated parts in place of values,
    both for all heads together: kv_rank + rope_head_dim numbers for each token. With something in
    the cache, keys and values are not made at all: what makes keys is applied to the queries, and
    what makes values to what comes out (the absorbed form). That is the same function.

    Args:
        d_model: the width of what goes in and comes out.
        n_heads: how many heads there are.
        config: the widths of the parts.
        eps: what the norms add to the mean square.
        bias: whether queries, latents and the output have biases; the matrices that follow a
            latent of keys and values have none, or they could not be absorbed.
        rotary: rotates `rope_head_dim` numbers of queries and keys.

    """

    def __init__(  # noqa: PLR0913  (each but three has a name)
        self,
        d_model: int,
        n_heads: int,
        config: Latent,
        *,
        eps: float = 1e-5,
        bias: bool = False,
        rotary: Rotary | None = None,
    ) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.config = config
        self.rotary = rotary
        rank, nope, rope = config.kv_rank, config.nope_head_dim, config.rope_head_dim
        q_in = d_model
        self.query_down = self.query_norm = None
        if config.q_rank is not None:
            q_in = config.q_rank
            self.query_down = Linear(d_model, q_in, bias=bias)
            self.query_norm = RMSNorm(q_in, eps=eps)
        self.query = Linear(q_in, n_heads * (nope + rope), bias=bias)
        self.latent = Linear(d_model, rank, bias=bias)
        self.latent_norm = RMSNorm(rank, eps=eps)
        self.rotary_key = Linear(d_model, rope, bias=bias)
        self.key = Linear(rank, n_heads * nope)
        self.value = Linear(rank, n_heads * config.v_head_dim)
        self.output = Linear(n_heads * config.v_head_dim, d_model, bias=bias)
        self.scale = 1 / math.sqrt(nope + rope)

    def forward(
        self,
        x: Float[Tensor, "batch queries d_model"],
        mask: Tensor | None = None,
        *,
        positions: Int[Tensor, " queries"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch queries d_model"]:
        """Attend to `x` itself, and to what the cache holds; `mask` as in `MultiHeadAttention`."""
        before = 0 if cache is None else len(cache)
        if positions is None:
            positions = torch.arange(before, before + x.shape[1], device=x.device)
        queries, rotary_queries = self._queries(x, positions)
        latents = self.latent_norm(self.latent(x))
        rotary_keys = self._rotated(self.rotary_key(x), positions)
        if cache is not None:
            latents, rotary_keys = cache.extended(latents, rotary_keys)
        attend = self.absorbed if before else self.plain
        attended = attend(queries, rotary_queries, latents, rotary_keys, mask)
        out: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return out

    def plain(
        self,
        queries: Float[Tensor, "batch heads queries nope"],
        rotary_queries: Float[Tensor, "batch heads queries rope"],
        latents: Float[Tensor, "batch keys rank"],
        rotary_keys: Float[Tensor, "batch keys rope"],
        mask: Tensor | None = None,
    ) -> Float[Tensor, "batch heads queries d_v"]:
        """Make the keys and values of every head, and attend in each."""
        keys = self.key(latents).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        values = self.value(latents).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        shared = rotary_keys[:, None].expand(-1, self.n_heads, -1, -1)
        return scaled_dot_product_attention(
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
    ) -> Float[Tensor, "batch heads queries d_v"]:
        """Let all heads attend to the latents as they are, as in multi-query attention.

        A score is wider so, and there is no key to make of what was read long ago: it pays where
        queries are few.
        """
        make_keys = self.key.weight.unflatten(0, (self.n_heads, -1))  # (heads nope rank)
        make_values = self.value.weight.unflatten(0, (self.n_heads, -1))  # (heads d_v rank)
        wide = torch.cat([queries @ make_keys, rotary_queries], -1)  # (batch heads queries ...)
        batch, heads, n = wide.shape[:3]
        if mask is not None:
            mask = mask.expand(batch, heads, n, -1).flatten(1, 2)
        # Queries of all heads stand in one row, so that nothing is copied for each head.
        attended = scaled_dot_product_attention(
            wide.flatten(1, 2),
            torch.cat([latents, rotary_keys], -1),
            latents,
            mask,
            scale=self.scale,
        )
        by_head: Tensor = attended.unflatten(1, (heads, n)) @ make_values.mT
        return by_head

    def _queries(self, x: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Return the two parts of each head's queries, the second rotated."""
        if self.query_down is not None and self.query_norm is not None:
            x = self.query_norm(self.query_down(x))
        queries = self.query(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        widths = [self.config.nope_head_dim, self.config.rope_head_dim]
        plain, to_rotate = queries.split(widths, -1)
        return plain, self._rotated(to_rotate, positions)

    def _rotated(self, x: Tensor, positions: Tensor) -> Tensor:
        """Rotate by place, where there is something to rotate with."""
        if self.rotary is None:
            return x
        rotated: Tensor = self.rotary(x, positions)
        return rotated
