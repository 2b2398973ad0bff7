"""What is saved, against published figures and against what torch's autograd keeps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from cs336_core.accounting import (
    AccountingError,
    activation_bytes,
    count_flops,
    count_parameters,
    kv_cache_bytes,
    training_bytes,
    weight_bytes,
)
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset
from tests.accounting.models import KINDS, SMALL, config_of


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("llama-2-7b", 512 * 1024),
        ("llama-3-8b", 128 * 1024),
        ("llama-3-70b", 320 * 1024),
        ("deepseek-v3", 70_272),
    ],
)
def test_kv_cache_of_published_models(name: str, size: int) -> None:
    assert kv_cache_bytes(preset(name)) == size
    assert kv_cache_bytes(preset(name), 10, batch=3, bytes_per_value=1) == 15 * size


@pytest.mark.parametrize("kind", KINDS)
def test_kv_cache_bytes_are_those_of_the_module(kind: str) -> None:
    config = config_of(kind, window=None)
    model = LanguageModel(config)
    caches = [KVCache() for _ in model.blocks]
    with torch.no_grad():
        model(torch.zeros(2, 7, dtype=torch.long), caches=caches)
    saved = sum(
        tensor.nbytes for cache in caches for tensor in (cache.keys, cache.values)
        if tensor is not None
    )  # fmt: skip
    assert kv_cache_bytes(config, 7, batch=2, bytes_per_value=4) == saved


def test_a_window_bounds_the_cache() -> None:
    config = config_of("window")
    assert kv_cache_bytes(config, 4) == 4 * kv_cache_bytes(config)
    assert kv_cache_bytes(config, 100) == kv_cache_bytes(config, 5)
    assert kv_cache_bytes(config, 0) == 0


def test_training_takes_sixteen_bytes_per_parameter() -> None:
    """In mixed precision (ZeRO, section 3.1) and in 32 bits."""
    assert training_bytes(1).total == training_bytes(1, "fp32").total == 16
    saved = training_bytes(10)
    assert (saved.weights, saved.gradients, saved.master_weights, saved.optimizer) == (
        20,
        20,
        40,
        80,
    )
    assert training_bytes(10, "mixed, 8-bit Adam").total == 100
    assert training_bytes(10, "bf16").total == 80


def test_weights() -> None:
    assert weight_bytes(preset("llama-2-13b")) == 2 * 13_015_864_320
    assert weight_bytes(preset("llama-2-13b"), bytes_per_value=1) == 13_015_864_320


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kv_cache_bytes(SMALL, -1), "tokens is -1; it must be a whole number from 0"),
        (lambda: kv_cache_bytes(SMALL, batch=0), "batch is 0"),
        (lambda: kv_cache_bytes(SMALL, bytes_per_value=10**10), "bytes_per_value is 10000000000"),
        (lambda: weight_bytes(SMALL, bytes_per_value=0), "bytes_per_value is 0"),
        (lambda: training_bytes(1, "fp4"), "recipe is 'fp4'; it must be one of 'mixed'"),  # type: ignore[arg-type]
        (lambda: activation_bytes(SMALL, 1, 0), "seq_len is 0"),
        (lambda: activation_bytes(SMALL, 1, 1, recompute="all"), "recompute is 'all'"),  # type: ignore[arg-type]
    ],
)
def test_invalid_arguments_raise(call: Any, message: str) -> None:
    with pytest.raises(AccountingError) as caught:
        call()
    assert message in str(caught.value)


# Activations


class Layer(nn.Module):
    """A layer of PyTorch functions that save only what they need.

    Ours, written out for the lecture, keeps the steps of its activations and norms as well.
    """

    def __init__(self, config: ModelConfig, dropout: float) -> None:
        super().__init__()
        self.config, self.dropout = config, dropout
        d, d_ff, n, n_kv = config.d_model, config.mlp_width, config.n_heads, config.kv_heads
        sizes = {
            "query": (n * config.head_dim, d), "key": (n_kv * config.head_dim, d),
            "value": (n_kv * config.head_dim, d), "out": (d, n * config.head_dim),
            "gate": (d_ff, d), "up": (d_ff, d), "down": (d, d_ff),
        }  # fmt: skip
        self.weights = nn.ParameterDict({
            name: nn.Parameter(torch.randn(size, dtype=torch.bfloat16) / 9)
            for name, size in sizes.items()
        })  # fmt: skip
        self.gains = nn.ParameterList(torch.ones(d, dtype=torch.bfloat16) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.dropped(self.attention(self.normalize(x, 0)))
        return x + self.dropped(self.mlp(self.normalize(x, 1)))

    def normalize(self, x: Tensor, which: int) -> Tensor:
        return functional.layer_norm(x, x.shape[-1:], self.gains[which])

    def dropped(self, x: Tensor) -> Tensor:
        if not self.dropout:
            return x
        return torch.native_dropout(x, self.dropout, train=True)[0]  # one byte per number

    def attention(self, x: Tensor) -> Tensor:
        config = self.config
        query, key, value = (
            functional.linear(x, self.weights[name]).unflatten(-1, (n, -1)).transpose(1, 2)
            for name, n in (
                ("query", config.n_heads), ("key", config.kv_heads), ("value", config.kv_heads)
            )
        )  # fmt: skip
        scores = query @ key.mT / math.sqrt(config.head_dim)
        attended = self.dropped(scores.softmax(-1)) @ value
        return functional.linear(attended.transpose(1, 2).flatten(2), self.weights["out"])

    def mlp(self, x: Tensor) -> Tensor:
        up = functional.linear(x, self.weights["up"])
        if self.config.is_gated:
            hidden = functional.silu(functional.linear(x, self.weights["gate"])) * up
        else:
            hidden = functional.gelu(up)
        return functional.linear(hidden, self.weights["down"])


def bytes_saved_by_autograd(config: ModelConfig, batch: int, seq_len: int, dropout: float) -> int:
    """Sum the tensors that autograd saves, except weights and the statistics of norms."""
    layer = Layer(config, dropout)
    own = {parameter.untyped_storage().data_ptr() for parameter in layer.parameters()}
    saved: dict[int, int] = {}
    alive = []

    def save(tensor: Tensor) -> Tensor:
        address = tensor.untyped_storage().data_ptr()
        if address not in own and tensor.shape[-1:] != (1,):
            saved[address] = tensor.untyped_storage().nbytes()
            alive.append(tensor)  # or its address might be reused
        return tensor

    x = torch.randn(batch, seq_len, config.d_model, dtype=torch.bfloat16, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        layer(x)
    return sum(saved.values())


@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("changed", [{"activation": "gelu"}, {}, {"d_head": 6, "d_ff": None}])
def test_activations_equal_what_autograd_saves(changed: dict[str, Any], dropout: float) -> None:
    config = replace(SMALL, n_layers=1, **changed)
    counted = activation_bytes(config, 2, 10, fused_attention=False, dropout=dropout > 0)
    assert counted.layers == bytes_saved_by_autograd(config, 2, 10, dropout)


def test_fused_attention_saves_one_number_per_query() -> None:
    plain, fused = (
        activation_bytes(SMALL, 2, 10, fused_attention=fused) for fused in (False, True)
    )
    assert plain.scores == 2 * 3 * 2 * 4 * 10 * 10
    assert fused.scores == 4 * 3 * 2 * 4 * 10
    assert replace(plain, scores=0) == replace(fused, scores=0)


def test_experts_save_their_tokens() -> None:
    config = config_of("experts, shared and dense")  # 3 layers, 1 of them dense; GELU
    saved = activation_bytes(config, 1, 1, bytes_per_value=1)
    dense = 16 + 2 * 40
    mixed = 16 + 4 + 2 * (2 * 16 + 2 * 12) + 2 * 2 * 12
    assert saved.mlp == dense + 2 * mixed


def test_latent_attention_saves_all_heads_in_training() -> None:
    saved = activation_bytes(config_of("latent of queries, biases"), 1, 1, bytes_per_value=1)
    assert saved.attention == 3 * (16 + (6 + 7) + 2 * 4 * (5 + 2) + 2 * 4 * 3)
    assert saved.norms == 3 * (2 * 16 + 6 + 7)


def test_the_head_is_counted_after_the_layers() -> None:
    saved = activation_bytes(SMALL, 2, 10)
    assert saved.head == 20 * (2 * 16 * 2 + 50 * 4)
    assert saved.total == saved.layers + saved.head
    post = activation_bytes(replace(SMALL, norm_placement="post"), 2, 10)
    assert post.head == 20 * (16 * 2 + 50 * 4)


def test_integers_of_numpy_do_not_overflow() -> None:
    """An int8 batch must not make the count overflow."""
    llama = preset("llama-3-8b")
    assert kv_cache_bytes(llama, np.int64(5)) == kv_cache_bytes(llama, 5)
    assert count_flops(llama, np.int8(100), np.int32(8192)) == count_flops(llama, 100, 8192)
    given = {"vocab_size": np.int64(10), "d_ff": np.int16(300), "context_length": np.uint8(4)}
    config = ModelConfig(n_layers=np.int8(100), d_model=np.int8(8), n_heads=1, **given)
    plain = ModelConfig(
        vocab_size=10, d_ff=300, context_length=4, n_layers=100, d_model=8, n_heads=1
    )
    assert config == plain
    assert count_parameters(config) == count_parameters(plain)
    assert all(type(config.__dict__[name]) is int for name in (*given, "n_layers", "d_model"))
    assert training_bytes(np.int64(7)).total == 112
    with pytest.raises(AccountingError, match=r"tokens is np\.float64"):
        kv_cache_bytes(llama, np.float64(5))
    with pytest.raises(ConfigError, match=r"n_layers is np\.True_"):
        ModelConfig(n_layers=np.True_, d_model=8, n_heads=1, vocab_size=1, context_length=1)
