"""One block of a Transformer: attention, then a feed-forward layer, each added to the stream."""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.config import ModelConfig
from cs336_core.model.experts import MixtureOfExperts
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.latent import LatentAttention
from cs336_core.model.multi_head import KVCache, MultiHeadAttention
from cs336_core.model.norms import make_norm
from cs336_core.model.positions import Rotary


class Block(nn.Module):
    """Attention and a feed-forward layer, with norms before them (pre) or after the sums (post).

    `layer` is the place of the block, 0 for the first: some models have experts in later ones only.
    """

    def __init__(self, config: ModelConfig, rotary: Rotary | None = None, layer: int = 0) -> None:
        super().__init__()
        d, eps, bias = config.d_model, config.norm_eps, config.bias
        self.is_pre = config.norm_placement == "pre"
        self.attention_norm = make_norm(config.norm, d, eps=eps, bias=bias)
        self.attention: MultiHeadAttention | LatentAttention
        if config.latent is not None:
            self.attention = LatentAttention(
                d, config.n_heads, config.latent, eps=eps, bias=bias, rotary=rotary
            )
        else:
            self.attention = multi_head(config, rotary)
        self.feed_forward_norm = make_norm(config.norm, d, eps=eps, bias=bias)
        self.feed_forward: FeedForward | MixtureOfExperts
        if config.experts is not None and layer >= config.experts.n_dense_layers:
            self.feed_forward = MixtureOfExperts(
                d, config.experts, activation=config.activation, bias=bias
            )
        else:
            self.feed_forward = FeedForward(
                d, config.mlp_width, activation=config.activation, bias=bias
            )

    def forward(
        self,
        x: Float[Tensor, "batch seq d_model"],
        mask: Tensor | None = None,
        *,
        positions: Int[Tensor, " seq"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Add to the stream what each half makes of it."""
        how = {"positions": positions, "cache": cache}
        x = self.added(x, self.attention_norm, self.attention, mask, **how)
        return self.added(x, self.feed_forward_norm, self.feed_forward)

    def added(
        self, x: Tensor, norm: nn.Module, part: nn.Module, *given: object, **how: object
    ) -> Tensor:
        """Add to the stream what a part makes of it, with the norm before the part or after."""
        if self.is_pre:
            out: Tensor = x + part(norm(x), *given, **how)
        else:
            out = norm(x + part(x, *given, **how))
        return out


def multi_head(config: ModelConfig, rotary: Rotary | None = None) -> MultiHeadAttention:
    """Return multi-head attention as a configuration says."""
    return MultiHeadAttention(
        config.d_model,
        config.n_heads,
        n_kv_heads=config.n_kv_heads,
        d_head=config.d_head,
        bias=config.bias,
        qkv_bias=config.qkv_bias,
        rotary=rotary,
    )
