"""The parts that encoders and decoders share: embedding, blocks, final norm, LM head."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor, nn

from cs336_core.model.block import Block
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.layers import Embedding, Linear
from cs336_core.model.masks import causal_mask, padding_mask, window_mask
from cs336_core.model.multi_head import KVCache
from cs336_core.model.norms import build_norm
from cs336_core.model.positions import LearnedPositions, Rotary, sinusoidal_positions


class Stack(nn.Module):
    """A stack of blocks with an embedding before it and, if `has_head`, an LM head after it.

    `block` is the class of the blocks. Raises `ConfigError` for a head that is not an LM head.
    """

    def __init__(
        self, config: ModelConfig, *, block: type[Block] = Block, has_head: bool = True
    ) -> None:
        super().__init__()
        if has_head and config.n_outputs is not None:
            raise ConfigError(
                f"n_outputs is {config.n_outputs}, which is not an LM head; set it to None for a "
                "language model, or use Encoder for hidden states"
            )
        self.config = config
        d = config.d_model
        self.embedding = Embedding(config.vocab_size, d)
        self.positions = (
            LearnedPositions(config.context_length, d) if config.positions == "learned" else None
        )
        rotary = None
        if config.positions == "rotary":
            rotary = Rotary(config.rotary_dim, theta=config.rope_theta)  # one table for all blocks
        self.blocks = nn.ModuleList(block(config, rotary, i) for i in range(config.n_layers))
        is_pre = config.norm_placement == "pre"
        eps, bias = config.norm_eps, config.bias
        self.norm = build_norm(config.norm, d, eps=eps, bias=bias) if is_pre else None
        has_matrix = has_head and not config.tied_embeddings
        self.lm_head = Linear(d, config.vocab_size) if has_matrix else None

    def embed(
        self, ids: Integer[Tensor, "batch seq"], positions: Int[Tensor, " seq"]
    ) -> Float[Tensor, "batch seq d_model"]:
        """Return the embedding of each id, plus that of its position where the model adds one."""
        x: Tensor = self.embedding(ids)
        if self.positions is not None:
            x = x + self.positions(positions)
        elif self.config.positions == "sinusoidal" and len(positions):
            n = int(positions[-1]) + 1
            table = sinusoidal_positions(n, x.shape[-1], device=x.device, dtype=x.dtype)
            x = x + table[positions]
        return x

    def causal_inputs(
        self, ids: Tensor, lengths: Tensor | None, caches: list[KVCache] | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the input of a decoder's first block: embeddings, mask and positions.

        Raises `ValueError` for a number of caches other than one per block, and for lengths
        together with caches.
        """
        if caches is not None and len(caches) != len(self.blocks):
            raise ValueError(
                f"caches has {len(caches)} entries; it must have one for each of the "
                f"{len(self.blocks)} blocks"
            )
        if caches is not None and lengths is not None:
            raise ValueError(
                "lengths and caches cannot be combined: a cache would store the padding of shorter "
                "rows as if it were tokens; pass rows of equal length"
            )
        before = len(caches[0]) if caches else 0
        seq, keys = ids.shape[1], before + ids.shape[1]
        if self.config.window is None:
            mask = causal_mask(seq, keys, device=ids.device)
        else:
            mask = window_mask(seq, self.config.window, keys, device=ids.device)
        if lengths is not None:
            mask = mask & padding_mask(lengths, keys)
        positions = torch.arange(before, keys, device=ids.device)
        return self.embed(ids, positions), mask, positions

    def final_norm(self, x: Tensor) -> Tensor:
        """Apply the norm after the last block, which only pre-norm models have."""
        return x if self.norm is None else self.norm(x)

    def logits(
        self, x: Float[Tensor, "batch seq d_model"]
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return a score for each id, from the LM head or, if tied, the embedding matrix."""
        if self.lm_head is None:
            return x @ self.embedding.weight.T
        logits: Tensor = self.lm_head(x)
        return logits
