"""A decoder block with cross-attention to the output of an encoder."""

from __future__ import annotations

from functools import partial
from typing import Any

from jaxtyping import Float
from torch import Tensor

from cs336_core.model.block import Block, bind_attention, build_multi_head, norm_of
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.positions import Rotary


class CrossBlock(Block):
    """A block with cross-attention after self-attention (Vaswani et al. 2017, section 3.1).

    Queries come from the residual stream, keys and values from the context. Its positions are
    unrelated to those of the stream, so cross-attention does not rotate them.
    """

    def __init__(
        self,
        config: ModelConfig,
        rotary: Rotary | None = None,
        layer: int = 0,
        *,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(config, rotary, layer, dropout=dropout)
        if config.norm_placement not in ("pre", "post") or config.parallel_norms is not None:
            raise ConfigError(
                f"norm_placement is {config.norm_placement!r} and parallel_norms "
                f"{config.parallel_norms}; a block with cross-attention needs 'pre' or 'post', and "
                "None"
            )
        self.cross_attention_norm = norm_of(config)
        self.cross_attention = build_multi_head(config)

    def forward(  # type: ignore[override]
        self,
        x: Float[Tensor, "batch seq d_model"],
        mask: Tensor | None = None,
        *,
        context: Float[Tensor, "batch keys d_model"],
        context_mask: Tensor | None = None,
        **options: Any,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Add the output of each of the three sublayers to the residual stream.

        `mask` and `options` are those of `Block`; `context_mask` is true where a position may
        attend to the context.
        """
        read_context = partial(self.cross_attention, mask=context_mask, context=context)
        x = self.add(x, bind_attention(self.attention, mask, **options), self.attention_norm)
        x = self.add(x, read_context, self.cross_attention_norm)
        return self.add(x, self.feed_forward, self.feed_forward_norm)
