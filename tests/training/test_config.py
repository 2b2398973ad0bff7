"""Configurations survive JSON and TOML, with all parts of a model."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from cs336_core.model.config import Experts, Latent, ModelConfig, RopeScaling, Scales
from cs336_core.model.presets import preset, preset_names
from cs336_core.training.errors import TrainingError
from cs336_core.training.runs.config import TrainingConfig, config_from, model_config, read_config


@pytest.mark.parametrize("name", preset_names())
def test_published_models_survive_json(name: str) -> None:
    config = preset(name)
    assert model_config(json.loads(json.dumps(asdict(config)))) == config


def test_parts_of_a_model_survive_json() -> None:
    config = ModelConfig(
        vocab_size=10,
        context_length=8,
        n_layers=2,
        d_model=16,
        n_heads=2,
        experts=Experts(n_experts=4, n_active=2, d_ff=8),
        latent=Latent(kv_rank=4, nope_head_dim=4, rope_head_dim=4, v_head_dim=4),
        rope_scaling=RopeScaling(kind="linear", factor=2.0),
        scales=Scales(),
        layer_types=("full",),
    )
    assert model_config(json.loads(json.dumps(asdict(config)))) == config


def test_a_run_survives_json_and_toml(tmp_path: Path) -> None:
    config = TrainingConfig(data="data", out="run", betas=(0.8, 0.9), model={"n_layers": 2})
    assert config_from(json.loads(json.dumps(config.to_dict())), "it") == config
    path = tmp_path / "run.toml"
    path.write_text(
        'data = "data"\nout = "run"\nbetas = [0.8, 0.9]\n[model]\nn_layers = 2\n'
        "[model.experts]\nn_experts = 4\nn_active = 1\nd_ff = 32\n"
    )
    found = read_config(path, n_steps=7, model={"n_heads": 8})
    assert (found.n_steps, found.betas) == (7, (0.8, 0.9))
    model = found.model_config(vocab_size=100)
    assert (model.n_layers, model.n_heads, model.vocab_size) == (2, 8, 100)
    assert model.experts == Experts(n_experts=4, n_active=1, d_ff=32)
    with pytest.raises(TrainingError, match="unknown experts field 'n_expert'"):
        model_config({"experts": {"n_expert": 3}})
