"""Encoder-decoder models: one half encodes the source, the other generates the target."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jaxtyping import Float, Int, Integer
from torch import Tensor, nn

from cs336_core.model.config import ModelConfig
from cs336_core.model.cross_block import CrossBlock
from cs336_core.model.encoder import Encoder
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.masks import padding_mask


class Decoder(LanguageModel):
    """A language model with cross-attention to a context in every block."""

    def __init__(self, config: ModelConfig, *, dropout: float = 0.0) -> None:
        super().__init__(config, dropout=dropout, block=CrossBlock)

    def forward(  # type: ignore[override]
        self,
        ids: Integer[Tensor, "batch seq"],
        context: Float[Tensor, "batch keys d_model"],
        *,
        context_lengths: Int[Tensor, " batch"] | None = None,
        **options: Any,
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return the logits of the token after each one, given the output of the encoder.

        `options` and errors are those of `LanguageModel`. `context_lengths` are the true lengths of
        the rows of the context. Only the keys and values of self-attention are cached.
        """
        context_mask = None
        if context_lengths is not None:
            context_mask = padding_mask(context_lengths, context.shape[1])
        return self.logits(self.hidden(ids, context=context, context_mask=context_mask, **options))


class EncoderDecoder(nn.Module):
    """The original encoder-decoder Transformer (Vaswani et al. 2017), with configurable blocks.

    With post-norm, ReLU and sinusoidal positions it is the model of the paper, except for the
    scaling of embeddings by sqrt(d_model), which `Scales` can add. With tied embeddings, source,
    target and head share one matrix, as in the paper.

    Args:
        config: the configuration of both halves.
        n_encoder_layers: the number of blocks in the encoder; `None` for as many as in the decoder.
        dropout: as in `LanguageModel`.

    >>> import torch
    >>> config = ModelConfig(vocab_size=100, context_length=16, n_layers=2, d_model=32, n_heads=4)
    >>> source, target = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[5, 6]])
    >>> EncoderDecoder(config)(source, target).shape
    torch.Size([1, 2, 100])
    """

    def __init__(
        self, config: ModelConfig, *, n_encoder_layers: int | None = None, dropout: float = 0.0
    ) -> None:
        super().__init__()
        n = config.n_layers if n_encoder_layers is None else n_encoder_layers
        self.encoder = Encoder(replace(config, n_layers=n), dropout=dropout)
        self.decoder = Decoder(config, dropout=dropout)
        if config.tied_embeddings:
            self.decoder.embedding = self.encoder.embedding

    def forward(
        self,
        source: Int[Tensor, "batch source_seq"],
        target: Int[Tensor, "batch target_seq"],
        *,
        source_lengths: Int[Tensor, " batch"] | None = None,
        target_lengths: Int[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch target_seq vocab_size"]:
        """Return the logits of the token after each one of the target.

        To generate a target, call `encoder` once and `decoder` for each token.
        """
        context = self.encoder(source, lengths=source_lengths)
        logits: Tensor = self.decoder(
            target, context, lengths=target_lengths, context_lengths=source_lengths
        )
        return logits
