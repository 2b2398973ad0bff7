"""The decoder-only language model: ids in, a score for every id at every place out."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.block import Block
from cs336_core.model.config import ModelConfig
from cs336_core.model.layers import Embedding, Linear
from cs336_core.model.masks import causal_mask, padding_mask, window_mask
from cs336_core.model.multi_head import KVCache
from cs336_core.model.norms import make_norm
from cs336_core.model.positions import LearnedPositions, Rotary, sinusoidal_positions


class LanguageModel(nn.Module):
    """A decoder-only Transformer, as its configuration says.

    >>> config = ModelConfig(
    ...     vocab_size=100, context_length=16, n_layers=2, d_model=32, n_heads=4, d_ff=64
    ... )
    >>> LanguageModel(config)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 100])
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        d = config.d_model
        self.embedding = Embedding(config.vocab_size, d)
        self.positions = (
            LearnedPositions(config.context_length, d) if config.positions == "learned" else None
        )
        rotary = None
        if config.positions == "rotary":
            rotary = Rotary(config.rotary_dim, theta=config.rope_theta)  # one table for all blocks
        self.blocks = nn.ModuleList(Block(config, rotary, i) for i in range(config.n_layers))
        is_pre = config.norm_placement == "pre"
        eps, bias = config.norm_eps, config.bias
        self.norm = make_norm(config.norm, d, eps=eps, bias=bias) if is_pre else None
        self.lm_head = None if config.tied_embeddings else Linear(d, config.vocab_size)

    def forward(
        self,
        ids: Int[Tensor, "batch seq"],
        *,
        lengths: Int[Tensor, " batch"] | None = None,
        caches: list[KVCache] | None = None,
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return the logits of the token that follows each.

        `lengths` says how many tokens of each row are real, where shorter rows are filled up.
        `caches`, one for each block, hold what was read before; `ids` are what comes next.

        Raises `IndexError` for an id that is not in the vocabulary, `ValueError` for a sequence
        longer than a table of positions, or caches that are not one for each block.
        """
        x, mask, positions = self._embedded(ids, lengths, caches)
        for i, block in enumerate(self.blocks):
            x = block(x, mask, positions=positions, cache=caches[i] if caches else None)
        if self.norm is not None:
            x = self.norm(x)
        if self.lm_head is None:
            return x @ self.embedding.weight.T
        logits: Tensor = self.lm_head(x)
        return logits

    def _embedded(
        self, ids: Tensor, lengths: Tensor | None, caches: list[KVCache] | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return what goes into the first block: vectors, mask and places."""
        if caches is not None and len(caches) != len(self.blocks):
            raise ValueError(
                f"caches holds {len(caches)}; there must be one for each of the "
                f"{len(self.blocks)} blocks"
            )
        before = len(caches[0]) if caches else 0
        seq, keys = ids.shape[1], before + ids.shape[1]
        positions = torch.arange(before, keys, device=ids.device)
        x: Tensor = self.embedding(ids)
        if self.positions is not None:
            x = x + self.positions(positions)
        elif self.config.positions == "sinusoidal":
            told = sinusoidal_positions(keys, x.shape[-1], device=x.device, dtype=x.dtype)
            x = x + told[before:]
        if self.config.window is None:
            mask = causal_mask(seq, keys, device=ids.device)
        else:
            mask = window_mask(seq, self.config.window, keys, device=ids.device)
        if lengths is not None:
            mask = mask & padding_mask(lengths, keys)
        return x, mask, positions
