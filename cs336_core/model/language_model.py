"""The decoder-only language model: token ids in, logits at every position out."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from cs336_core.model.block import Block
from cs336_core.model.config import ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.stack import Stack
from cs336_core.model.views import layer_views, token_positions


class LanguageModel(Stack):
    """A decoder-only Transformer.

    Args:
        config: its sizes and choices.
        dropout: the probability that an entry of an embedding or of a sublayer's output is set to
            0 in training.
        checkpointing: whether to save only the inputs of blocks for the backward pass, which then
            computes each block a second time (Chen et al. 2016).

    >>> config = ModelConfig(
    ...     vocab_size=100, context_length=16, n_layers=2, d_model=32, n_heads=4, d_ff=64
    ... )
    >>> LanguageModel(config)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 100])
    """

    def __init__(
        self,
        config: ModelConfig,
        *,
        dropout: float = 0.0,
        checkpointing: bool = False,
        block: type[Block] = Block,
    ) -> None:
        super().__init__(config, dropout=dropout, block=block)
        self.checkpointing = checkpointing

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
        x = self.hidden(ids, lengths=lengths, positions=positions, mask=mask, caches=caches)
        return self.logits(x)

    def hidden(
        self,
        ids: Integer[Tensor, "batch seq"],
        *,
        lengths: Int[Tensor, " batch"] | None = None,
        positions: Int[Tensor, "*batch seq"] | None = None,
        mask: Tensor | None = None,
        caches: list[KVCache] | None = None,
        **options: Any,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Return the hidden states after the final norm, from which `logits` are computed.

        The arguments are those of `forward`; `options` are passed to every block.
        """
        self.check_caches(caches)
        causal = positions is None  # then each token is at a later position than those before it
        positions, keys = token_positions(ids, lengths, positions, caches)
        x = self.embed(ids, positions)
        rotations = self.rotations(positions, x.dtype)
        views = layer_views(self.config, positions, keys, mask, caches, causal=causal)
        for i, block in enumerate(self.blocks):
            run = partial(
                block, positions=keys, rotation=rotations[i], bias=views[i].bias, causal=causal,
                **options,
            )  # fmt: skip
            if self.checkpointing and torch.is_grad_enabled() and caches is None:
                x = checkpoint(run, x, views[i].mask, use_reentrant=False)
            else:
                x = run(x, views[i].mask, cache=caches[i] if caches else None)
        return self.final_norm(x)
