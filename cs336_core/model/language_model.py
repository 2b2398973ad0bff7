"""The decoder-only language model: token ids in, logits at every position out."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from cs336_core.model.block import Block
from cs336_core.model.config import LayerType, ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.masks import position_mask, same_chunk
from cs336_core.model.positions import padded_positions
from cs336_core.model.stack import Stack


class _View(NamedTuple):
    """Which keys the queries of a layer may attend to, and what is added to their scores."""

    mask: Tensor
    bias: Tensor | None


class LanguageModel(Stack):
    """A decoder-only Transformer.

    Args:
        config: its sizes and choices.
        dropout: the probability that a number of an embedding or of a sublayer's output becomes 0
            in training.
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
        self._check(lengths, positions, caches)
        if positions is None:
            first = caches[0] if caches else KVCache()
            positions = first.next_positions(ids.shape[-1], device=ids.device)
        keys = positions
        if lengths is not None:
            keys = positions.where(padded_positions(lengths, ids.shape[-1]) >= 0, -1)
        x = self.embed(ids, positions)
        rotations = self.rotations(positions, x.dtype)
        views = self._views(positions, keys, mask, caches)
        for i, block in enumerate(self.blocks):
            run = partial(
                block, positions=keys, rotation=rotations[i], bias=views[i].bias, **options
            )
            if self.checkpointing and torch.is_grad_enabled() and caches is None:
                x = checkpoint(run, x, views[i].mask, use_reentrant=False)
            else:
                x = run(x, views[i].mask, cache=caches[i] if caches else None)
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

    def _views(
        self, queries: Tensor, keys: Tensor, mask: Tensor | None, caches: list[KVCache] | None
    ) -> list[_View]:
        """Return which keys each query may attend to, layer by layer; most layers share one."""
        views: dict[tuple[LayerType, int, int | None], _View] = {}  # by what determines them
        layers = []
        for i, kind in enumerate(self.config.attention_types):
            cache = caches[i] if caches else None
            key = kind, *((0, None) if cache is None else (cache.n_held, cache.window))
            if key not in views:
                of_layer = keys if cache is None else cache.positions_with(keys)
                views[key] = self._view(kind, queries, of_layer, mask)
            layers.append(views[key])
        return layers

    def _view(self, kind: LayerType, queries: Tensor, keys: Tensor, mask: Tensor | None) -> _View:
        """Return which keys, both cached and new ones, each query of a layer may attend to."""
        window = None if kind == "full" else self.config.window
        visible = position_mask(queries, keys, window)
        if kind == "chunk" and window is not None:
            visible = visible & same_chunk(queries, keys, window)
        if visible.ndim == 3:
            visible = visible[:, None]  # (batch heads queries keys)
        bias = self.distance_bias(queries, keys)
        return _View(visible if mask is None else visible & mask, bias)
