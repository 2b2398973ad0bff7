"""The training calculator's Python side: state, results, bounds, a page without JavaScript."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cs336_core.accounting import count_parameters
from cs336_core.model.presets import preset
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import TrainingCalculator
from tests.widgets.states import state_of


def test_the_state_of_the_view() -> None:
    calculator = TrainingCalculator(7e9, 2e12, machine="A100", n_machines=64, mfu=0.4, price=1.5)
    state = calculator.static_state()
    machines, models = state.pop("machines"), state.pop("models")
    assert state == {
        "model": "",
        "billion_params": 7.0,
        "billion_tokens": 2000.0,
        "machine": "a100",
        "precision": "bf16",
        "n_machines": 64,
        "mfu": 0.4,
        "price": 1.5,
    }
    assert machines[1]["flops_per_second"]["bf16"] == 989e12
    llama = {"name": "llama-3-8b", "params": 8030261248, "active_params": 8030261248}
    reported = {
        "tokens": 15e12, "machine_hours": 1.46e6, "machine": "H100 SXM", "precision": "bf16",
        "flops_per_second": 989e12, "source": "Llama 3.1 model card",
    }  # fmt: skip
    assert llama | {"title": "Llama 3 8B", "reported": reported} in models
    assert next(model for model in models if model["name"] == "gpt2-xl")["reported"] is None
    assert state_of(calculator.static_html()) == calculator.static_state()


def test_seventy_billion_on_fifteen_trillion_take_144_days() -> None:
    calculator = TrainingCalculator()
    assert round(calculator.run.days) == 144
    assert calculator.run.flops == pytest.approx(6.3e24)
    assert calculator.run.cost == pytest.approx(2 * calculator.run.machine_hours)
    assert calculator.memory.total == 16 * 70_000_000_000


def test_memory_counts_all_experts_and_compute_the_active_ones() -> None:
    counted = count_parameters(preset("mixtral-8x7b"))
    calculator = TrainingCalculator("mixtral-8x7b", 1e12)
    assert calculator.run.flops == pytest.approx(6 * counted.active * 1e12)
    assert calculator.memory.total == 16 * counted.total
    calculator.model = ""
    assert calculator.run.flops == pytest.approx(6 * counted.total * 1e12)


def test_a_preset_that_is_not_on_the_list_is_added() -> None:
    calculator = TrainingCalculator("gemma-2b", 1e12, models=["gpt2-small"])
    assert [model["name"] for model in calculator.models] == ["gpt2-small", "gemma-2b"]
    assert calculator.params == 2_506_172_416


def test_the_precision_is_one_that_the_hardware_has() -> None:
    assert TrainingCalculator(machine="t4").precision == "fp16"
    calculator = TrainingCalculator()
    before = calculator.run.seconds
    calculator.machine = "t4"  # has no bf16, so fp16 is used
    assert calculator.run.seconds == pytest.approx(before * 989 / 65)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "llama-3-7b"}, "unknown preset 'llama-3-7b'; did you mean llama-3-70b"),
        ({"model": 0}, "billion_params is 0.0; it must be a number from 0.001 to 100,000"),
        ({"model": math.inf}, "billion_params is inf"),
        ({"tokens": -1}, "billion_tokens is -1e-09"),
        ({"tokens": math.nan}, "billion_tokens is nan"),
        ({"machine": "h101"}, "unknown machine 'h101'; did you mean h100"),
        ({"machine": "t4", "precision": "bf16"}, "T4 does not support bf16; it has fp16, fp32"),
        ({"precision": "int4"}, "precision is 'int4'; it must be one of"),
        ({"n_machines": 0}, "n_machines is 0; it must be a whole number from 1 to"),
        ({"mfu": 0}, "mfu is 0; it must be a number from 0.01 to 1"),
        ({"mfu": 1.5}, "mfu is 1.5"),
        ({"price": -2}, "price is -2"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        TrainingCalculator(**given)


def test_assigned_values_are_checked() -> None:
    calculator = TrainingCalculator()
    with pytest.raises(WidgetError, match="model is 'gpt5'; it must be one of gpt2-xl"):
        calculator.model = "gpt5"
    with pytest.raises(WidgetError, match="unknown machine 'abacus'"):
        calculator.machine = "abacus"
    with pytest.raises(WidgetError, match="machines is fixed"):
        calculator.machines = []
    assert round(calculator.run.days) == 144


def test_the_fallback_shows_results_and_assumptions() -> None:
    html = TrainingCalculator().fallback_html()
    assert "1,024 H100 SXM, each with a peak of 989 TFLOP/s in bf16" in html
    assert "of which the run reaches 50.0 %" in html
    assert '<th scope="row">Time</th><td>144 days</td>' in html
    assert "<td>3,538,928</td>" in html
    assert "1.02 GiB, which fits in 74.5 GiB" in html
    few = TrainingCalculator(n_machines=13).fallback_html()
    assert "80.2 GiB, which does not fit in 74.5 GiB" in few
    small = TrainingCalculator("llama-3-8b").fallback_html()
    assert '<th scope="row">Tokens per parameter</th><td>1,868</td>' in small
