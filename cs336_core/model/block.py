"""One block of a Transformer: attention, then a feed-forward layer, each with a residual sum."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.experts import MixtureOfExperts
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.latent import LatentAttention
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.model.norms import build_norm
from cs336_core.model.positions import Rotary, Rotation

LATENT_EPS = 1e-6  # in the norms of latents of all published models, even if norm_eps differs


class Block(nn.Module):
    """Attention and a feed-forward layer, each with a norm and a residual sum.

    Args:
        config: the configuration of the model.
        rotary: rotates queries and keys.
        layer: the index of the block, since some models have layers of several kinds.
        dropout: the probability that an output of a sublayer becomes 0 in training, as in the paper
            (Vaswani et al. 2017, section 5.4).

    """

    def __init__(
        self,
        config: ModelConfig,
        rotary: Rotary | None = None,
        layer: int = 0,
        *,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        d = config.d_model
        self.placement = config.norm_placement
        self.residual_scale = config.scales.residual
        self.dropout = nn.Dropout(dropout)
        self.parallel_norms = config.parallel_norms
        self.attention_norm = norm_of(config)
        self.attention = build_attention(config, rotary, layer)
        self.feed_forward_norm = nn.Identity() if config.parallel_norms == 1 else norm_of(config)
        self.feed_forward: FeedForward | MixtureOfExperts
        if config.experts is not None and not config.experts.is_dense(layer):
            self.feed_forward = MixtureOfExperts(
                d, config.experts, activation=config.activation, bias=config.has_mlp_bias
            )
        else:
            self.feed_forward = FeedForward(
                d, config.mlp_width, activation=config.activation, bias=config.has_mlp_bias
            )
        is_sandwich = config.norm_placement == "sandwich"
        self.attention_output_norm = norm_of(config) if is_sandwich else None
        self.feed_forward_output_norm = norm_of(config) if is_sandwich else None

    def forward(
        self,
        x: Float[Tensor, "batch seq d_model"],
        mask: Tensor | None = None,
        *,
        positions: Int[Tensor, "*batch seq"] | None = None,
        rotation: Rotation | None = None,
        bias: Float[Tensor, ...] | None = None,
        cache: KVCache | None = None,
        causal: bool = False,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Add the output of each sublayer to the residual stream; see `MultiHeadAttention`."""
        attend = bind_attention(
            self.attention,
            mask,
            bias,
            positions=positions,
            rotation=rotation,
            cache=cache,
            causal=causal,
        )
        if self.parallel_norms:
            seen = self.attention_norm(x)
            fed = self.feed_forward(seen if self.parallel_norms == 1 else self.feed_forward_norm(x))
            return x + self._scaled(attend(seen) + fed)
        x = self.add(x, attend, self.attention_norm, self.attention_output_norm)
        return self.add(x, self.feed_forward, self.feed_forward_norm, self.feed_forward_output_norm)

    def add(
        self,
        x: Tensor,
        sublayer: Callable[[Tensor], Tensor],
        norm: nn.Module,
        output_norm: nn.Module | None = None,
    ) -> Tensor:
        """Add the output of a sublayer to its input, with norms where the model has them."""
        if self.placement == "post":
            normalized: Tensor = norm(x + self._scaled(sublayer(x)))
            return normalized
        if self.placement == "output":
            return x + self._scaled(norm(sublayer(x)))
        y = sublayer(norm(x))
        return x + self._scaled(y if output_norm is None else output_norm(y))

    def _scaled(self, y: Tensor) -> Tensor:
        """Scale the output of a sublayer, and drop some of it in training."""
        y = self.dropout(y)
        return y if self.residual_scale == 1 else self.residual_scale * y


def bind_attention(
    attention: nn.Module, mask: Tensor | None = None, bias: Tensor | None = None, **options: Any
) -> Callable[[Tensor], Tensor]:
    """Return self-attention as a function of its input alone."""
    if bias is not None:  # latent attention does not take one
        options["bias"] = bias
    return partial(attention, mask=mask, **options)


def norm_of(config: ModelConfig, *shape: int, bias: bool | None = None) -> nn.Module:
    """Build a norm of the configured kind, of width d_model unless there is another shape."""
    return build_norm(
        config.norm,
        *(shape or (config.d_model,)),
        eps=config.norm_eps,
        bias=config.has_norm_bias if bias is None else bias,
        gain=config.norm_gain,
    )


def build_attention(
    config: ModelConfig, rotary: Rotary | None = None, layer: int = 0
) -> MultiHeadAttention | LatentAttention:
    """Build the attention of a layer.

    Raises `ConfigError` for latent attention with an option that only multi-head attention has.
    """
    if config.latent is None:
        return build_multi_head(config, rotary, layer)
    for name, value in (
        ("qk_norm", config.qk_norm),
        ("scores_cap", config.scales.scores_cap),
        ("attention_sinks", config.attention_sinks or None),
        ("scores_by_layer", config.scales.scores_by_layer or None),
        ("positions", "alibi" if config.positions == "alibi" else None),
    ):
        if value is not None:
            raise ConfigError(f"{name} is {value!r}; latent attention has no such option")
    return LatentAttention(
        config.d_model,
        config.n_heads,
        config.latent,
        eps=LATENT_EPS,
        bias=config.has_output_bias,
        qkv_bias=config.has_qkv_bias,
        rotary=rotary,
        scale=config.scales.scores,
    )


def build_multi_head(
    config: ModelConfig, rotary: Rotary | None = None, layer: int = 0
) -> MultiHeadAttention:
    """Build the multi-head attention of a layer."""
    scale = config.scales.scores
    if config.scales.scores_by_layer:
        scale = (config.head_dim**-0.5 if scale is None else scale) / (layer + 1)
    return MultiHeadAttention(
        config.d_model,
        config.n_heads,
        n_kv_heads=config.n_kv_heads,
        d_head=config.d_head,
        bias=config.has_output_bias,
        qkv_bias=config.has_qkv_bias,
        rotary=rotary,
        qk_norm=config.qk_norm,
        norm=partial(norm_of, config, bias=False),
        scale=scale,
        cap=config.scales.scores_cap,
        has_sinks=config.attention_sinks,
    )
