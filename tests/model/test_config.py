"""Valid and invalid configurations, and the parameter counts of published models."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cs336_core.accounting import AccountingError, count_parameters
from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig
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
        ({"positions": "alibi"}, "positions is 'alibi'"),
        ({"d_head": 3}, "the rotated part of a head has 3 dimensions"),
        ({"rotary_fraction": 0.0}, "rotary_fraction is 0.0"),
        ({"rotary_fraction": 0.25}, "the rotated part of a head has 1 dimensions"),
        ({"norm_eps": 0.0}, "norm_eps is 0.0; it must be above 0"),
        ({"norm_eps": math.nan}, "norm_eps is nan; it must be above 0 and finite"),
        ({"rope_theta": -1.0}, "rope_theta is -1.0"),
    ],
)
def test_invalid_values_raise(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ModelConfig(**(SMALL | changed))
    assert message in str(caught.value)


def test_invalid_experts_and_latents_raise() -> None:
    with pytest.raises(ConfigError, match="n_active is 3; it must not be more than n_experts"):
        Experts(n_experts=2, n_active=3, d_ff=4)
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
    # OPT's tables of positions have two rows that no token uses.
    unused = 2 * config.d_model if name.startswith("opt") else 0
    assert params + unused - SPECIAL.get(name, 0) == counted
