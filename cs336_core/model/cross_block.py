"""A block that attends to itself, then to a context: the decoder's half of a translation."""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.block import Block
from cs336_core.model.config import ModelConfig
from cs336_core.model.multi_head import KVCache, MultiHeadAttention
from cs336_core.model.norms import make_norm
from cs336_core.model.positions import Rotary


class CrossBlock(Block):
    """A block with cross-attention between its halves (Vaswani et al. 2017, section 3.1).

    Queries come from the stream, keys and values from the context, whose places have nothing to do
    with those of the stream: here nothing is rotated.
    """

    def __init__(self, config: ModelConfig, rotary: Rotary | None = None, layer: int = 0) -> None:
        super().__init__(config, rotary, layer)
        d, bias = config.d_model, config.bias
        self.cross_attention_norm = make_norm(config.norm, d, eps=config.norm_eps, bias=bias)
        self.cross_attention = MultiHeadAttention(
            d,
            config.n_heads,
            n_kv_heads=config.n_kv_heads,
            d_head=config.d_head,
            bias=bias,
            qkv_bias=config.qkv_bias,
        )

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
        if self.is_pre:
            x = x + self.attention(self.attention_norm(x), mask, **how)
            crossed = self.cross_attention(
                self.cross_attention_norm(x), context_mask, context=context
            )
            x = x + crossed
            x = x + self.feed_forward(self.feed_forward_norm(x))
        else:
            x = self.attention_norm(x + self.attention(x, mask, **how))
            crossed = self.cross_attention(x, context_mask, context=context)
            x = self.cross_attention_norm(x + crossed)
            x = self.feed_forward_norm(x + self.feed_forward(x))
        return x
