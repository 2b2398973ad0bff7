"""Encoder-only models: every token attends to all others, and an LM head predicts masked ones."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor

from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.masks import padding_mask
from cs336_core.model.stack import Stack


class Encoder(Stack):
    """A Transformer with bidirectional attention.

    Raises `ConfigError` for a configuration with a window, which is causal.

    >>> config = ModelConfig(vocab_size=100, context_length=16, n_layers=2, d_model=32, n_heads=4)
    >>> Encoder(config)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 32])
    """

    def __init__(self, config: ModelConfig, *, has_head: bool = False) -> None:
        if config.window is not None:
            raise ConfigError(
                f"window is {config.window}; it must be None, since an encoder attends to all"
            )
        super().__init__(config, has_head=has_head)

    def forward(
        self, ids: Integer[Tensor, "batch seq"], *, lengths: Int[Tensor, " batch"] | None = None
    ) -> Float[Tensor, "batch seq d_model"]:
        """Return the hidden state of each token.

        `lengths` are the true lengths of the rows where shorter ones are padded.

        Raises `IndexError` for an id that is not in the vocabulary, `ValueError` for a sequence
        longer than the table of positions.
        """
        positions = torch.arange(ids.shape[1], device=ids.device)
        mask = None if lengths is None else padding_mask(lengths, ids.shape[1])
        x = self.embed(ids, positions)
        rotation = self.rotation(positions, x.dtype)
        for block in self.blocks:
            x = block(x, mask, rotation=rotation)
        return self.final_norm(x)


class MaskedLanguageModel(Encoder):
    """An encoder that predicts the ids at positions where the input has a [MASK] id.

    BERT is trained like this (Devlin et al. 2019, section 3.1). Its segment embeddings and the
    extra layer before its head are left out.

    >>> config = ModelConfig(vocab_size=100, context_length=16, n_layers=2, d_model=32, n_heads=4)
    >>> MaskedLanguageModel(config)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 100])
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config, has_head=True)

    def forward(
        self, ids: Integer[Tensor, "batch seq"], *, lengths: Int[Tensor, " batch"] | None = None
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return the logits of the token at each position; raise as `Encoder` does."""
        return self.logits(super().forward(ids, lengths=lengths))
