"""The parts that encoders and decoders share: embedding, blocks, final norm, LM head."""

from __future__ import annotations

from functools import partial

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor, nn

from cs336_core.model.block import Block, norm_of
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.layers import Embedding, Linear, check_batch
from cs336_core.model.positions import (
    LearnedPositions,
    Rotary,
    Rotation,
    by_head,
    sinusoids,
)


class Stack(nn.Module):
    """A stack of blocks with an embedding before it and, if `has_head`, an LM head after it.

    `block` is the class of the blocks; `dropout` is the probability that an activation is set to 0
    in training. Raises `ConfigError` for a head that is not an LM head.
    """

    def __init__(
        self,
        config: ModelConfig,
        *,
        block: type[Block] = Block,
        has_head: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if has_head and config.n_outputs is not None:
            raise ConfigError(
                f"n_outputs is {config.n_outputs}, which is not an LM head; set it to None for a "
                "language model, or use Encoder for hidden states"
            )
        self.config = config
        d, width = config.d_model, config.embedding_width or config.d_model
        self.embedding = Embedding(config.vocab_size, width)
        self.embedding_projection = None if width == d else Linear(width, d)
        self.embedding_norm = norm_of(config) if config.embedding_norm else None
        self.positions = (
            LearnedPositions(config.context_length, d, unused=config.unused_positions)
            if config.positions == "learned"
            else None
        )
        self.dropout = nn.Dropout(dropout)
        self.rotaries = build_rotaries(config)
        self.blocks = nn.ModuleList(
            block(config, self.rotaries[i], i, dropout=dropout) for i in range(config.n_layers)
        )
        self.norm = None if config.norm_placement == "post" else norm_of(config)
        self.head_projection = Linear(d, width) if has_head and width != d else None
        self.lm_head = self.head_bias = None
        if has_head and not config.tied_embeddings:
            self.lm_head = Linear(width, config.vocab_size, bias=config.head_bias)
        elif has_head and config.head_bias:
            self.head_bias = nn.Parameter(torch.zeros(config.vocab_size))

    def new_caches(self) -> list[KVCache]:
        """Return an empty cache for each block, which forgets what lies before its window."""
        return [
            KVCache(None if kind == "full" else self.config.window)
            for kind in self.config.attention_types
        ]

    def check_caches(self, caches: list[KVCache] | None) -> None:
        """Raise `ValueError` for a number of caches other than one per block."""
        if caches is not None and len(caches) != len(self.blocks):
            raise ValueError(
                f"caches has {len(caches)} entries; it must have one for each of the "
                f"{len(self.blocks)} blocks"
            )

    def embed(
        self, ids: Integer[Tensor, "batch seq"], positions: Int[Tensor, "*batch seq"]
    ) -> Float[Tensor, "batch seq d_model"]:
        """Return the embedding of each id, plus that of its position where the model adds one."""
        check_batch(ids)
        x: Tensor = self.embedding(ids)
        if self.config.scales.embedding != 1:
            x = x * self.config.scales.embedding
        if self.embedding_projection is not None:
            x = self.embedding_projection(x)
        if self.embedding_norm is not None:
            x = self.embedding_norm(x)
        positions = positions.clamp_min(0)  # no token attends to padding, whatever is added to it
        if self.positions is not None:
            x = x + self.positions(positions)
        elif self.config.positions == "sinusoidal":
            x = x + sinusoids(positions, x.shape[-1], x.dtype)
        dropped: Tensor = self.dropout(x)
        return dropped

    def rotations(self, positions: Tensor, dtype: torch.dtype) -> list[Rotation | None]:
        """Return the rotation at each position for each block; most blocks have the same one."""
        by_rotary = {
            rotary: None if rotary is None else rotary.at(by_head(positions), dtype)
            for rotary in set(self.rotaries)
        }
        return [by_rotary[rotary] for rotary in self.rotaries]

    def final_norm(self, x: Tensor) -> Tensor:
        """Apply the norm after the last block, which post-norm models do not have."""
        return x if self.norm is None else self.norm(x)

    def logits(
        self, x: Float[Tensor, "batch seq d_model"]
    ) -> Float[Tensor, "batch seq vocab_size"]:
        """Return a score for each id, from the LM head or, if tied, the embedding matrix."""
        if self.head_projection is not None:
            x = self.head_projection(x)
        logits = x @ self.embedding.weight.T if self.lm_head is None else self.lm_head(x)
        if self.head_bias is not None:
            logits = logits + self.head_bias
        scale, cap = self.config.scales.logits, self.config.scales.logits_cap
        if scale != 1:
            logits = logits * scale
        return logits if cap is None else cap * torch.tanh(logits / cap)


def build_rotaries(config: ModelConfig) -> list[Rotary | None]:
    """Return the rotation of each layer: one for all, unless the configuration differs by layer."""
    if config.positions != "rotary":
        return [None] * config.n_layers
    build = partial(Rotary, config.rotary_dim)
    everywhere = build(theta=config.rope_theta, scaling=config.rope_scaling)
    in_windows = everywhere
    if config.rope_theta_window is not None:
        in_windows = build(theta=config.rope_theta_window)
    return [
        None if i in config.nope_layers else everywhere if kind == "full" else in_windows
        for i, kind in enumerate(config.attention_types)
    ]
