"""The decoder-only language model: token ids in, logits at every position out."""

from __future__ import annotations

from jaxtyping import Float, Int, Integer
from torch import Tensor

from cs336_core.model.config import ModelConfig
from cs336_core.model.kv_cache import KVCache
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
        positions: Int[Tensor, "*batch seq"] | None = None,
        mask: Tensor | None = None,
        caches: list[KVCache] | None = None,
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return the logits of the token after each one.

        Rows of different lengths are padded: on the right, where `lengths` are those without
        padding, or anywhere, where `positions` are negative for padding (`padded_positions`). A
        token attends to those at positions up to its own in its row, and never to padding; `mask`,
        which broadcasts to (batch heads queries keys), restricts that further. With `caches` from
        `new_caches`, `ids` continue each row after its last token so far.

        Raises `IndexError` for an id that is not in the vocabulary, and `ValueError` for a sequence
        longer than the table of positions, as far as values are known to the CPU; `ValueError` also
        for a number of caches other than one per block, and for lengths with positions.
        """
        return self.logits(
            self.decode(ids, lengths=lengths, positions=positions, mask=mask, caches=caches)
        )
