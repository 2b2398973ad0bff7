"""Valid and invalid configurations, and the parameter counts of published models."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from cs336_core.accounting import AccountingError, count_parameters
from cs336_core.model.config import (
    ConfigError,
    Experts,
    Latent,
    ModelConfig,
    RopeScaling,
    Scales,
)
from cs336_core.model.config_parts import RopeKind
from cs336_core.model.presets import _models, preset, preset_names

SMALL: dict[str, Any] = {
    "vocab_size": 10,
    "context_length": 8,
    "n_layers": 1,
    "d_model": 12,
    "n_heads": 4,
    "d_head": 4,
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_layers": 0}, "n_layers is 0; it must be a whole number, 1 or more"),
        ({"d_model": 2.0}, "d_model is 2.0; it must be a whole number"),
        ({"n_heads": True}, "n_heads is True"),
        (
            {"d_head": None, "n_heads": 5},
            "d_model (12) is not divisible by n_heads (5)",
        ),
        ({"n_kv_heads": 3}, "n_kv_heads is 3; it must divide n_heads, which is 4"),
        ({"n_kv_heads": 0}, "n_kv_heads is 0"),
        ({"window": 0}, "window is 0"),
        ({"activation": "tanh"}, "activation is 'tanh'; it must be one of 'relu', 'gelu'"),
        ({"norm": "batchnorm"}, "norm is 'batchnorm'"),
        ({"norm_placement": "mid"}, "norm_placement is 'mid'"),
        ({"positions": "relative"}, "positions is 'relative'"),
        ({"d_head": 3}, "the rotated part of a head has 3 dimensions"),
        ({"rotary_fraction": 0.0}, "rotary_fraction is 0.0"),
        ({"rotary_fraction": 0.25}, "the rotated part of a head has 1 dimensions"),
        ({"norm_eps": 0.0}, "norm_eps is 0.0; it must be above 0"),
        ({"norm_eps": math.nan}, "norm_eps is nan; it must be above 0 and finite"),
        ({"rope_theta": -1.0}, "rope_theta is -1.0"),
        ({"rope_theta_window": 0.0}, "rope_theta_window is 0.0"),
        ({"norm_gain": "1 + w"}, "norm_gain is '1 + w'; it must be one of 'weight', '1 + weight'"),
        ({"qk_norm": "heads"}, "qk_norm is 'heads'"),
        ({"parallel_norms": 3}, "parallel_norms is 3; it must be one of None, 1, 2"),
        ({"parallel_norms": 1, "norm_placement": "post"}, "with parallel_norms it must be 'pre'"),
        ({"unused_positions": -1}, "unused_positions is -1"),
        ({"tied_embeddings": "no"}, "tied_embeddings is 'no'; it must be True or False"),
        ({"mlp_bias": "no"}, "mlp_bias is 'no'; it must be one of None, True, False"),
        ({"embedding_width": 0}, "embedding_width is 0"),
        ({"nope_layers": [-1]}, "nope_layers contains -1; it must contain indices, 0 or more"),
        ({"layer_types": ["half"]}, "layer_types is 'half'; it must be one of 'full', 'window'"),
        ({"layer_types": ["window"]}, "window is None, but layer_types has layers with one"),
    ],
)
def test_invalid_values_raise(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ModelConfig(**(SMALL | changed))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_active": 5}, "n_active is 5; it must not be more than n_experts, which is 4"),
        ({"n_groups": 3}, "n_groups is 3; it must divide n_experts, which is 4"),
        ({"n_active_groups": 2}, "n_active_groups is 2; it must not be more than n_groups"),
        ({"dense_layers": [-1]}, "dense_layers contains -1; it must contain indices, 0 or more"),
        ({"scores": "relu"}, "scores is 'relu'; it must be one of 'softmax', 'sigmoid'"),
        ({"scale": 0.0}, "scale is 0.0; it must be a number above 0"),
        ({"normalized": 1}, "normalized is 1; it must be True or False"),
        ({"shared_d_ff": 0}, "shared_d_ff is 0"),
    ],
)
def test_invalid_experts_raise(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Experts(**({"n_experts": 4, "n_active": 2, "d_ff": 3} | changed))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "ntk"}, "kind is 'ntk'; it must be one of 'linear', 'dynamic', 'yarn'"),
        ({"original_context": None}, "original_context is None; 'llama3' scaling needs it"),
        ({"factor": 0}, "factor is 0; it must be a number above 0"),
        ({"high_freq_factor": 0.5}, "high_freq_factor is 0.5; it must be at least low_freq_factor"),
        ({"attention_factor": math.nan}, "attention_factor is nan"),
        ({"kind": "longrope"}, "short_factors is empty; 'longrope' scaling needs one per"),
        ({"short_factors": [1.0, -1.0]}, "short_factors is -1.0"),
    ],
)
def test_invalid_scaling_of_frequencies_raises(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RopeScaling(**({"kind": "llama3", "factor": 8.0, "original_context": 64} | changed))
    assert message in str(caught.value)


def test_the_factor_of_queries_and_keys_follows_from_the_kind() -> None:
    def factor(kind: RopeKind, **options: Any) -> float:
        factors = {"short_factors": (1.0,), "long_factors": (2.0,)}
        return RopeScaling(kind=kind, original_context=256, **factors, **options).score_factor

    assert factor("llama3", factor=8.0) == factor("yarn", factor=0.5) == 1
    assert factor("yarn", factor=math.e) == pytest.approx(1.1)
    assert factor("longrope", factor=256.0) == pytest.approx(math.sqrt(2))
    assert factor("longrope", factor=256.0, attention_factor=3.0) == 3


def test_factors_of_activations_are_positive() -> None:
    with pytest.raises(ConfigError, match="scores is 0; it must be a number above 0"):
        Scales(scores=0)
    with pytest.raises(ConfigError, match="embedding is None; it must be a number above 0"):
        Scales(embedding=None)  # type: ignore[arg-type]
    assert Scales(scores_cap=50.0) == replace(Scales(), scores_cap=50.0)


def test_lists_of_json_become_tuples() -> None:
    given = SMALL | {"window": 4, "layer_types": ["window"], "nope_layers": [0]}
    config = ModelConfig(**given)
    assert config.layer_types == ("window",)
    assert config.nope_layers == (0,)
    assert hash(config) == hash(ModelConfig(**(given | {"layer_types": ("window",)})))


def test_invalid_latents_raise() -> None:
    with pytest.raises(ConfigError, match="rope_head_dim is 3; it must be even"):
        Latent(kv_rank=4, nope_head_dim=4, rope_head_dim=3, v_head_dim=4)
    with pytest.raises(ConfigError, match="q_rank is 0"):
        Latent(kv_rank=4, q_rank=0, nope_head_dim=4, rope_head_dim=2, v_head_dim=4)


def test_a_config_error_is_an_accounting_error() -> None:
    with pytest.raises(AccountingError, match="n_layers is 0"):
        ModelConfig(**(SMALL | {"n_layers": 0}))


def test_defaults_follow_from_other_fields() -> None:
    config = ModelConfig(vocab_size=10, context_length=8, n_layers=1, d_model=12, n_heads=3)
    assert (config.kv_heads, config.head_dim, config.mlp_width) == (3, 4, 48)
    assert not config.has_qkv_bias
    assert config.is_gated
    assert config.attention_types == ("full",)
    assert replace(config, window=3).attention_types == ("window",)
    pattern = replace(config, window=3, layer_types=("window", "window", "full"), n_layers=5)
    assert pattern.attention_types == ("window", "window", "full", "window", "window")
    biased = replace(config, bias=True, mlp_bias=False)
    assert (biased.has_qkv_bias, biased.has_output_bias, biased.has_mlp_bias) == (True, True, False)
    assert not biased.has_norm_bias
    assert replace(biased, norm="layernorm").has_norm_bias


def test_an_unknown_preset_suggests_the_closest() -> None:
    with pytest.raises(ConfigError, match="unknown preset 'Llama-3-9b'; did you mean llama-3-8b"):
        preset("Llama-3-9b")


# Where the table behind the counts and the paper disagree.
SPECIAL = {
    # 24 heads of 128 are wider than d_model, 2048; the count takes them to be as wide.
    "gpt3-xl": 4 * 24 * 2048 * (24 * 128 - 2048) + 3 * 24 * (24 * 128 - 2048),
    # d_model is 5140, 40 heads of 128 are 5120 wide.
    "gpt3-13b": -20 * 40 * (4 * 5140 + 3),
}


@pytest.mark.parametrize("name", preset_names())
def test_published_models_have_their_parameters(name: str) -> None:
    config = preset(name)
    counted = _models()[name]["computed"]
    if isinstance(counted, dict):
        counted = counted["total"]
    elif isinstance(counted, list):
        counted = counted[0]
    # As many as the module has, which tests/accounting/test_torch.py builds.
    params = count_parameters(config).total
    assert params - SPECIAL.get(name, 0) == counted
