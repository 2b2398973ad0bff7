"""Views: which tokens each layer of a decoder may attend to."""

from __future__ import annotations

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.config import LayerType, ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.masks import position_mask, same_chunk
from cs336_core.model.positions import alibi_slopes, padded_positions


class View(NamedTuple):
    """Which keys the queries of a layer may attend to, and what is added to their scores."""

    mask: Tensor | None
    bias: Tensor | None


def token_positions(
    ids: Tensor, lengths: Tensor | None, positions: Tensor | None, caches: list[KVCache] | None
) -> tuple[Tensor, Tensor]:
    """Return the positions of the tokens as queries and as keys; see `LanguageModel.forward`.

    By default they continue the caches. Padding is at a negative position as a key: nobody sees it.
    Raises `ValueError` for lengths together with positions.
    """
    if lengths is not None and positions is not None:
        raise ValueError("pass lengths or positions, not both; positions include the padding")
    n = ids.shape[-1]
    if positions is None:
        first = caches[0] if caches else KVCache()
        positions = first.next_positions(n, device=ids.device)
    if lengths is None:
        return positions, positions
    return positions, positions.where(padded_positions(lengths, n) >= 0, -1)


def layer_views(
    config: ModelConfig,
    queries: Tensor,
    keys: Tensor,
    mask: Tensor | None,
    caches: list[KVCache] | None,
    *,
    causal: bool,
) -> list[View]:
    """Return what each layer sees of cached and new keys; most layers share a view.

    If `causal`, the attention itself lets no token attend to later ones.
    """
    views: dict[tuple[LayerType, int, int | None], View] = {}  # by what determines them
    layers = []
    for i, kind in enumerate(config.attention_types):
        cache = caches[i] if caches else None
        key = kind, *((0, None) if cache is None else (cache.n_held, cache.window))
        if key not in views:
            of_layer = keys if cache is None else cache.positions_with(keys)
            views[key] = _view(config, kind, queries, of_layer, mask, causal=causal)
        layers.append(views[key])
    return layers


def distance_bias(
    config: ModelConfig, queries: Int[Tensor, "... queries"], keys: Int[Tensor, "... keys"]
) -> Float[Tensor, "... heads queries keys"] | None:
    """Return what ALiBi adds to scores: the distance times the slope of the head, negative."""
    if config.positions != "alibi":
        return None
    slopes = alibi_slopes(config.n_heads).to(queries.device)
    distances = (queries[..., :, None] - keys[..., None, :]).abs()
    return -slopes[:, None, None] * distances[..., None, :, :]


def _view(
    config: ModelConfig,
    kind: LayerType,
    queries: Tensor,
    keys: Tensor,
    mask: Tensor | None,
    *,
    causal: bool,
) -> View:
    """Return what the queries of a layer of one kind see of these keys."""
    bias = distance_bias(config, queries, keys)
    if causal and kind == "full" and keys.ndim == 1:  # no token is padding
        return View(mask, bias)
    window = None if kind == "full" else config.window
    visible = position_mask(queries, keys, window)
    if kind == "chunk" and window is not None:
        visible = visible & same_chunk(queries, keys, window)
    if visible.ndim == 3:
        visible = visible[:, None]  # (batch heads queries keys)
    return View(visible if mask is None else visible & mask, bias)
