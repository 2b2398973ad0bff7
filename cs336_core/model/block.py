"""One block of a Transformer: attention, then a feed-forward layer, each with a residual sum."""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.config import ModelConfig
from cs336_core.model.experts import MixtureOfExperts
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.latent import LatentAttention
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.model.norms import build_norm
from cs336_core.model.positions import Rotary, Rotation


class Block(nn.Module):
    """Attention and a feed-forward layer, with norms before them (pre) or after the sums (post).

    `layer` is the index of the block, since some models have experts in later layers only.
    """

    def __init__(self, config: ModelConfig, rotary: Rotary | None = None, layer: int = 0) -> None:
        super().__init__()
        d, eps, bias = config.d_model, config.norm_eps, config.bias
        self.is_pre = config.norm_placement == "pre"
        self.attention_norm = build_norm(config.norm, d, eps=eps, bias=bias)
        self.attention: MultiHeadAttention | LatentAttention
        if config.latent is not None:
            self.attention = LatentAttention(
                d, config.n_heads, config.latent, eps=eps, bias=bias, rotary=rotary
            )
        else:
            self.attention = multi_head(config, rotary)
        self.feed_forward_norm = build_norm(config.norm, d, eps=eps, bias=bias)
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
        positions: Int[Tensor, "*batch seq"] | None = None,
        rotation: Rotation | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Add the output of each sublayer to the residual stream."""
        options = {"positions": positions, "rotation": rotation, "cache": cache}
        if self.is_pre:
            x = x + self.attention(self.attention_norm(x), mask, **options)
            x = x + self.feed_forward(self.feed_forward_norm(x))
        else:
            x = self.attention_norm(x + self.attention(x, mask, **options))
            x = self.feed_forward_norm(x + self.feed_forward(x))
        return x


def multi_head(config: ModelConfig, rotary: Rotary | None = None) -> MultiHeadAttention:
    """Build the multi-head attention of a configuration."""
    return MultiHeadAttention(
        config.d_model,
        config.n_heads,
        n_kv_heads=config.n_kv_heads,
        d_head=config.d_head,
        bias=config.bias,
        qkv_bias=config.qkv_bias,
        rotary=rotary,
    )
