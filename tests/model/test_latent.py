"""Latent attention equals multi-head attention with low-rank keys and values, in both forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cs336_core.model.config import Latent, ModelConfig
from cs336_core.model.experts import active_params
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.latent import LatentAttention
from cs336_core.model.masks import causal_mask, padding_mask
from cs336_core.model.positions import Rotary
from cs336_core.model.presets import preset

HEADS, NOPE, ROPE, WIDTH = 3, 4, 2, 5
EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}


def layer_of(q_rank: int | None = 7, bias: bool = False) -> LatentAttention:
    torch.manual_seed(0)
    config = Latent(
        kv_rank=6, q_rank=q_rank, nope_head_dim=NOPE, rope_head_dim=ROPE, v_head_dim=WIDTH
    )
    layer = LatentAttention(8, HEADS, config, bias=bias, rotary=Rotary(ROPE)).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return layer


def by_the_paper(layer: LatentAttention, x: Tensor, mask: Tensor) -> Tensor:
    """Follow the equations head by head, with PyTorch's norm and attention."""

    def normed(x: Tensor, norm: Any) -> Tensor:
        return functional.rms_norm(x, x.shape[-1:], norm.weight, 1e-5)

    def rotated(x: Tensor) -> Tensor:
        angles = torch.arange(
            x.shape[1], dtype=torch.float64
        )  # the first pair rotates by one radian per position
        turned = torch.view_as_complex(x.contiguous().unflatten(-1, (-1, 2)))
        turned = turned * torch.polar(torch.ones_like(angles), angles)[:, None]
        return torch.view_as_real(turned).flatten(-2)

    from_query = x if layer.query_down is None else layer.query_down(x)
    if layer.query_norm is not None:
        from_query = normed(from_query, layer.query_norm)
    queries = layer.query(from_query).split([NOPE + ROPE] * HEADS, -1)
    latents = normed(layer.latent(x), layer.latent_norm)
    rotary_key = rotated(layer.rotary_key(x))
    keys = layer.key(latents).split([NOPE] * HEADS, -1)
    values = layer.value(latents).split([WIDTH] * HEADS, -1)
    heads = []
    for query, key, value in zip(queries, keys, values, strict=True):
        whole = torch.cat([query[..., :NOPE], rotated(query[..., NOPE:])], -1)
        heads.append(
            functional.scaled_dot_product_attention(
                whole, torch.cat([key, rotary_key], -1), value, mask
            )
        )
    out: Tensor = layer.output(torch.cat(heads, -1))
    return out


@pytest.mark.parametrize("q_rank", [None, 7])
@pytest.mark.parametrize("bias", [False, True])
def test_it_equals_the_equations_of_the_paper(q_rank: int | None, bias: bool) -> None:
    layer = layer_of(q_rank, bias)
    x = torch.randn(2, 9, 8, dtype=torch.float64)
    mask = causal_mask(9)
    torch.testing.assert_close(layer(x, mask), by_the_paper(layer, x, mask), **EXACT)


def test_gradients_equal_finite_differences() -> None:
    layer = layer_of()
    x = torch.randn(1, 4, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: layer(x, causal_mask(4)), (x,))


@pytest.mark.parametrize("of_mask", ["none", "causal", "padding", "heads"])
def test_the_absorbed_form_equals_the_plain_one(of_mask: str) -> None:
    layer = layer_of()
    queries = torch.randn(2, HEADS, 3, NOPE, dtype=torch.float64)
    rotary_queries = torch.randn(2, HEADS, 3, ROPE, dtype=torch.float64)
    latents = torch.randn(2, 7, 6, dtype=torch.float64)
    rotary_keys = torch.randn(2, 7, ROPE, dtype=torch.float64)
    mask = {
        "none": None,
        "causal": causal_mask(3, 7),
        "padding": causal_mask(3, 7) & padding_mask(torch.tensor([5, 7]), 7),
        "heads": torch.rand(HEADS, 3, 7) < 0.7,
    }[of_mask]
    given = (queries, rotary_queries, latents, rotary_keys, mask)
    torch.testing.assert_close(layer.absorbed(*given), layer.plain(*given), **EXACT)


@pytest.mark.parametrize("steps", [[9], [1] * 9, [4, 1, 3, 1]])
def test_several_passes_with_a_cache_equal_one(steps: list[int]) -> None:
    layer = layer_of()
    x = torch.randn(2, 9, 8, dtype=torch.float64)
    whole, cache, read = layer(x, causal_mask(9)), KVCache(), []
    for part in x.split(steps, 1):
        read.append(
            layer(part, causal_mask(part.shape[1], len(cache) + part.shape[1]), cache=cache)
        )
    torch.testing.assert_close(torch.cat(read, 1), whole, **EXACT)
    assert cache.keys is not None
    assert cache.values is not None
    assert cache.keys.numel() + cache.values.numel() == 2 * 9 * (6 + ROPE)


def test_scores_depend_only_on_distances() -> None:
    layer = layer_of()
    x = torch.randn(1, 5, 8, dtype=torch.float64)
    here, there = (layer(x, causal_mask(5), positions=torch.arange(5) + n) for n in (0, 100))
    torch.testing.assert_close(here, there)


def small_config() -> ModelConfig:
    return ModelConfig(
        vocab_size=10,
        context_length=8,
        n_layers=2,
        d_model=8,
        n_heads=2,
        latent=Latent(kv_rank=6, nope_head_dim=4, rope_head_dim=2, v_head_dim=4),
    )


def test_a_model_with_latent_attention_generates_with_caches() -> None:
    torch.manual_seed(0)
    model = LanguageModel(small_config()).double()
    assert all(isinstance(block.attention, LatentAttention) for block in model.blocks)
    ids = torch.tensor([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]])
    caches = [KVCache(), KVCache()]
    read = [model(part, caches=caches) for part in ids.split([3, 1, 1], 1)]
    torch.testing.assert_close(torch.cat(read, 1), model(ids), **EXACT)


def test_active_parameters_are_counted() -> None:
    def counted(n_layers: int) -> int:
        with torch.device("meta"):
            return active_params(LanguageModel(replace(config, n_layers=n_layers)))

    config = preset("deepseek-v3")
    dense, one_more = counted(3), counted(4)  # all layers after the third are alike
    active = dense + 58 * (one_more - dense)
    assert active == 37_552_297_472
    assert active - config.vocab_size * config.d_model == 36_625_618_432
