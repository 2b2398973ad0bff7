"""Initial sizes and rates of parameters follow their schemes."""

from __future__ import annotations

import math

import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.training.errors import TrainingError
from cs336_core.training.initialization import Initialization, initialize, parameter_groups


def model_of(d_model: int, **options: object) -> LanguageModel:
    torch.manual_seed(0)
    sizes = {"vocab_size": 128, "context_length": 8, "n_layers": 2, "n_heads": d_model // 16}
    return LanguageModel(ModelConfig(d_model=d_model, **{**sizes, **options}))  # type: ignore[arg-type]


def deviations(scheme: Initialization, d_model: int) -> dict[str, float]:
    model = model_of(d_model)
    initialize(model, scheme, base_width=32)
    names = {
        "embedding": "embedding.weight",
        "hidden": "blocks.0.attention.query.weight",
        "residual": "blocks.1.feed_forward.down.weight",
        "head": "lm_head.weight",
    }
    parameters = dict(model.named_parameters())
    return {role: float(parameters[name].detach().std()) for role, name in names.items()}


def test_gpt2_shrinks_what_adds_to_the_residual_stream() -> None:
    # The draw is truncated at three standard deviations, which lowers them by 1.3 %.
    expected = {"embedding": 0.02, "hidden": 0.02, "residual": 0.01, "head": 0.02}
    for width in (32, 128):
        assert deviations("gpt2", width) == pytest.approx(expected, rel=0.08)


def test_mup_shrinks_with_the_width() -> None:
    small, large = deviations("mup", 32), deviations("mup", 128)
    ratios = {role: small[role] / large[role] for role in small}
    assert ratios == pytest.approx(
        {"embedding": 1, "hidden": 2, "residual": 2, "head": 4}, rel=0.08
    )


def test_glorot_changes_nothing() -> None:
    ours, untouched = model_of(32), model_of(32)
    initialize(ours, "glorot")
    for one, other in zip(ours.parameters(), untouched.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("base_width", [None, 16])
def test_groups_hold_every_parameter_once(base_width: int | None) -> None:
    model = model_of(64, norm="layernorm", bias=True)
    groups = parameter_groups(model, 0.1, base_width=base_width)
    ids = [id(parameter) for group in groups for parameter in group["params"]]
    assert sorted(ids) == sorted(map(id, model.parameters()))
    for group in groups:
        vectors = {parameter.ndim < 2 for parameter in group["params"]}
        assert vectors == {group["weight_decay"] == 0}


def test_mup_rates_shrink_with_the_width_and_decay_does_not() -> None:
    groups = parameter_groups(model_of(64), 0.1, base_width=16)
    scales = sorted({group["lr_scale"] for group in groups})
    assert scales == [0.25, 1.0]
    products = {group["lr_scale"] * group["weight_decay"] for group in groups}
    assert all(math.isclose(product, 0.1) for product in products if product)


def test_muon_orthogonalizes_hidden_matrices_only() -> None:
    model = model_of(32)
    groups = parameter_groups(model, 0.1, has_muon=True)
    hidden = {id(p) for group in groups if group["orthogonalize"] for p in group["params"]}
    names = {name for name, p in model.named_parameters() if id(p) in hidden}
    assert all(name.startswith("blocks.") for name in names)
    assert len(hidden) == 2 * 7  # query, key, value, output, gate, up, down


def test_mup_refuses_tied_embeddings() -> None:
    with pytest.raises(TrainingError, match="tied_embeddings"):
        initialize(model_of(32, tied_embeddings=True), "mup")
