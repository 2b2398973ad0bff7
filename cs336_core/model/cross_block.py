"""A block that attends to itself, then to a context: the decoder's half of a translation."""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.block import Block, multi_head
from cs336_core.model.config import ModelConfig
from cs336_core.model.multi_head import KVCache
from cs336_core.model.norms import make_norm
from cs336_core.model.positions import Rotary


class CrossBlock(Block):
    """A block with cross-attention between its halves (Vaswani et al. 2017, section 3.1).

    Queries come from the stream, keys and values from the context, whose places have nothing to do
    with those of the stream: here nothing is rotated.
    """

    def __init__(self, config: ModelConfig, rotary: Rotary | None = None, layer: int = 0) -> None:
        super().__init__(config, rotary, layer)
        self.cross_attention_norm = make_norm(
            config.norm, config.d_model, eps=config.norm_eps, bias=config.bias
        )
        self.cross_attention = multi_head(config)

    def forward(  # type: ignore[override]  # noqa: PLR0913  (a context has to be given)
        self,
        x: Float[Tensor, "batch seq d_model"],
        mask: Tensor | None = None,
        *,
        context: Float[Tensor, "batch keys d_model"],
        context_mask: Tensor | None = None,
        positions: Int[Tensor, " seq"] | None = None,
        cache: KVCache | None = None,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Add to the stream what each of the three parts makes of it."""
        how = {"positions": positions, "cache": cache}
        x = self.added(x, self.attention_norm, self.attention, mask, **how)
        x = self.added(
            x, self.cross_attention_norm, self.cross_attention, context_mask, context=context
        )
        return self.added(x, self.feed_forward_norm, self.feed_forward)
