"""The parts that encoders and decoders share: embedding, blocks, final norm, LM head."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor, nn

from cs336_core.model.block import Block
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.layers import Embedding, Linear
from cs336_core.model.masks import position_mask
from cs336_core.model.norms import build_norm
from cs336_core.model.positions import (
    LearnedPositions,
    Rotary,
    Rotation,
    by_head,
    padded_positions,
    sinusoids,
)


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
        self.rotary = (
            Rotary(config.rotary_dim, theta=config.rope_theta)
            if config.positions == "rotary"
            else None
        )
        self.blocks = nn.ModuleList(block(config, self.rotary, i) for i in range(config.n_layers))
        is_pre = config.norm_placement == "pre"
        eps, bias = config.norm_eps, config.bias
        self.norm = build_norm(config.norm, d, eps=eps, bias=bias) if is_pre else None
        has_matrix = has_head and not config.tied_embeddings
        self.lm_head = Linear(d, config.vocab_size) if has_matrix else None

    def new_caches(self) -> list[KVCache]:
        """Return an empty cache for each block, which forgets what lies before its window."""
        return [KVCache(self.config.window) for _ in self.blocks]

    def embed(
        self, ids: Integer[Tensor, "batch seq"], positions: Int[Tensor, "*batch seq"]
    ) -> Float[Tensor, "batch seq d_model"]:
        """Return the embedding of each id, plus that of its position where the model adds one."""
        x: Tensor = self.embedding(ids)
        positions = positions.clamp_min(0)  # of padding, nobody sees what is added
        if self.positions is not None:
            x = x + self.positions(positions)
        elif self.config.positions == "sinusoidal":
            x = x + sinusoids(positions, x.shape[-1], x.dtype)
        return x

    def rotation(self, positions: Tensor, dtype: torch.dtype) -> Rotation | None:
        """Return the rotation at each position, if there is one, for all blocks together."""
        return None if self.rotary is None else self.rotary.at(by_head(positions), dtype)

    def decode(
        self,
        ids: Integer[Tensor, "batch seq"],
        *,
        lengths: Int[Tensor, " batch"] | None = None,
        positions: Int[Tensor, "*batch seq"] | None = None,
        mask: Tensor | None = None,
        caches: list[KVCache] | None = None,
        **options: Any,
    ) -> Float[Tensor, "batch seq d_model"]:
        """Return the hidden states of a decoder after its final norm.

        The arguments are those of `LanguageModel`; all blocks receive `options`.
        """
        self._check(lengths, positions, caches)
        if positions is None:
            first = caches[0] if caches else KVCache()
            positions = first.next_positions(ids.shape[1], device=ids.device)
        keys = positions
        if lengths is not None:
            keys = positions.where(padded_positions(lengths, ids.shape[1]) >= 0, -1)
        x = self.embed(ids, positions)
        rotation = self.rotation(positions, x.dtype)
        masks: dict[tuple[int, int | None], Tensor] = {}  # by what determines them
        for i, block in enumerate(self.blocks):
            cache = caches[i] if caches else None
            kind = (0, None) if cache is None else (cache.n_held, cache.window)
            if kind not in masks:
                masks[kind] = self._mask(positions, keys, mask, cache)
            x = block(x, masks[kind], positions=keys, rotation=rotation, cache=cache, **options)
        return self.final_norm(x)

    def _check(
        self, lengths: Tensor | None, positions: Tensor | None, caches: list[KVCache] | None
    ) -> None:
        """Raise `ValueError` for arguments that contradict each other or the model."""
        if lengths is not None and positions is not None:
            raise ValueError("pass lengths or positions, not both; positions include the padding")
        if caches is not None and len(caches) != len(self.blocks):
            raise ValueError(
                f"caches has {len(caches)} entries; it must have one for each of the "
                f"{len(self.blocks)} blocks"
            )

    def _mask(
        self, queries: Tensor, keys: Tensor, mask: Tensor | None, cache: KVCache | None
    ) -> Tensor:
        """Return which keys each query may attend to, both cached and new ones."""
        if cache is not None:
            keys = cache.positions_with(keys)
        visible = position_mask(queries, keys, self.config.window)
        if visible.ndim == 3:
            visible = visible[:, None]  # (batch heads queries keys)
        return visible if mask is None else visible & mask

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
