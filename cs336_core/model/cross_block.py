"""A decoder block with cross-attention to the output of an encoder."""

from __future__ import annotations

from functools import partial

from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.block import Block, multi_head
from cs336_core.model.config import ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.norms import build_norm
from cs336_core.model.positions import Rotary, Rotation


class CrossBlock(Block):
    """A block with cross-attention after self-attention (Vaswani et al. 2017, section 3.1).

    Queries come from the residual stream, keys and values from the context. Its positions are
    unrelated to those of the stream, so cross-attention does not rotate them.
    """

    def __init__(self, config: ModelConfig, rotary: Rotary | None = None, layer: int = 0) -> None:
        super().__init__(config, rotary, layer)
        self.cross_attention_norm = build_norm(
            config.norm, config.d_model, eps=config.norm_eps, bias=config.bias
        )
        self.cross_attention = multi_head(config)

    def forward(  # type: ignore[override]  # noqa: PLR0913  (options are keywords)
        self,
        x: Float[Tensor, "batch seq d_model"],
        mask: Tensor | None = None,
        *,
        context: Float[Tensor, "batch keys d_model"],
        context_mask: Tensor | None = None,
        positions: Int[Tensor, "*batch seq"] | None = None,
        rotation: Rotation | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Add the output of each of the three sublayers to the residual stream."""
        options = {"positions": positions, "rotation": rotation, "cache": cache}
        read = partial(self.cross_attention, mask=context_mask, context=context)
        if self.is_pre:
            x = x + self.attention(self.attention_norm(x), mask, **options)
            x = x + read(self.cross_attention_norm(x))
            x = x + self.feed_forward(self.feed_forward_norm(x))
        else:
            x = self.attention_norm(x + self.attention(x, mask, **options))
            x = self.cross_attention_norm(x + read(x))
            x = self.feed_forward_norm(x + self.feed_forward(x))
        return x
