"""Adapters on many chips: frozen weights are divided like others, and only adapters are sent."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.accounting import H100, StateFormats, training_state
from cs336_core.accounting.lora import Lora, lora_flops_per_token, lora_parameters
from cs336_core.accounting.parallel.mesh import Mesh
from cs336_core.accounting.parallel.shards import chip_state
from cs336_core.accounting.parallel.step_time import step_time
from cs336_core.accounting.parallel.traffic import transfers
from cs336_core.model.presets import preset
from tests.accounting.plans import LLAMA, plan_of

LORA = Lora(16)
ADAPTERS = lora_parameters(LLAMA, LORA).count
FORMATS = StateFormats(weights="nf4", lora=LORA)
PLAN = plan_of(formats=FORMATS)


@pytest.mark.parametrize("model", ["llama-3-8b", "mixtral-8x7b"])
@pytest.mark.parametrize("formats", [FORMATS, StateFormats(lora=LORA), StateFormats()])
def test_one_chip_has_the_whole_state(model: str, formats: StateFormats) -> None:
    assert chip_state(preset(model), Mesh(), formats) == training_state(preset(model), formats)


@pytest.mark.parametrize("mesh", [Mesh(tensor=4), Mesh(pipeline=4), Mesh(data=4, zero=3)])
def test_four_chips_share_weights_and_adapters(mesh: Mesh) -> None:
    """But for the embedding and the head, one of which the fullest stage of a pipeline has."""
    whole, part = training_state(LLAMA, FORMATS), chip_state(LLAMA, mesh, FORMATS)
    assert part.gradients == pytest.approx(whole.gradients / 4, rel=1e-3)
    assert part.optimizer == pytest.approx(whole.optimizer / 4, rel=1e-3)
    table = 2 * LLAMA.vocab_size * LLAMA.d_model
    quarter = (whole.weights - 2 * table) / 4
    at_end = table if mesh.pipeline > 1 else 2 * table / 4
    assert part.weights == pytest.approx(quarter + at_end, rel=1e-3)


@pytest.mark.parametrize(
    ("zero", "sizes"),
    [(0, [2 * ADAPTERS]), (1, [2 * ADAPTERS] * 2), (3, [None, 2 * ADAPTERS])],
)
def test_only_adapters_have_gradients_and_updates(zero: Any, sizes: list[int | None]) -> None:
    """Stage 3 gathers the frozen weights, too."""
    frozen = training_state(LLAMA, FORMATS).weights
    sent = [each.size for each in transfers(PLAN, Mesh(data=8, zero=zero))]
    assert sent == [frozen if size is None else size for size in sizes]


def test_a_step_takes_the_flops_of_adapters() -> None:
    step = step_time(PLAN, Mesh(), H100)
    per_token = lora_flops_per_token(LLAMA, 2048, LORA, pairs="attended")
    assert step.computing == pytest.approx(64 * 2048 * per_token / H100.peak())
    assert step.mfu == pytest.approx(1)
    full = step_time(plan_of(), Mesh(), H100).computing
    assert 2 / 3 < step.computing / full < 0.75
    again = step_time(plan_of(formats=FORMATS, recompute="full"), Mesh(), H100)
    assert again.computing / step.computing == pytest.approx(1.5, rel=0.05)
    assert again.mfu == pytest.approx(step.computing / again.computing)
