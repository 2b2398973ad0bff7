"""The decoder-only language model: token ids in, logits at every position out."""

from __future__ import annotations

from jaxtyping import Float, Int, Integer
from torch import Tensor

from cs336_core.model.config import ModelConfig
from cs336_core.model.multi_head import KVCache
from cs336_core.model.stack import Stack


class LanguageModel(Stack):
    """A decoder-only Transformer.

    >>> import torch
    >>> config = ModelConfig(
    ...     vocab_size=100, context_length=16, n_layers=2, d_model=32, n_heads=4, d_ff=64
    ... )
    >>> LanguageModel(config)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 100])
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)

    def forward(
        self,
        ids: Integer[Tensor, "batch seq"],
        *,
        lengths: Int[Tensor, " batch"] | None = None,
        caches: list[KVCache] | None = None,
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return the logits of the token after each one.

        `lengths` are the true lengths of the rows where shorter ones are padded on the right.
        `caches`, one per block, hold the keys and values of earlier tokens; `ids` continue them.

        Raises `IndexError` for an id that is not in the vocabulary, and `ValueError` for a sequence
        longer than the table of positions, a number of caches other than one per block, or lengths
        with caches: prompts of different lengths have to be decoded in separate calls.
        """
        x, mask, positions = self.causal_inputs(ids, lengths, caches)
        for i, block in enumerate(self.blocks):
            x = block(x, mask, positions=positions, cache=caches[i] if caches else None)
        return self.logits(self.final_norm(x))
