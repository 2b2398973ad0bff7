"""The roofline explorer's Python side: points, agreement with the accounting, bounds, fallback."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from cs336_core.accounting import MACHINES, Conventions, count_flops
from cs336_core.accounting.roofline_points import (
    Kind,
    Moved,
    RooflinePoint,
    roofline_points,
)
from cs336_core.model.presets import preset, preset_names
from cs336_core.ui.machines import SHOWN_MACHINES
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import Roofline
from tests.widgets.states import state_of

PARTS: tuple[Kind, ...] = ("projections", "scores", "mlp", "head")


def of(found: list[RooflinePoint], kind: Kind) -> tuple[RooflinePoint, RooflinePoint]:
    """Return one part's points in prefill and in decode."""
    prefill, decode = (point for point in found if point.kind == kind)
    assert (prefill.phase, decode.phase) == ("prefill", "decode")
    return prefill, decode


def test_the_state_of_the_view() -> None:
    figure = Roofline("gpt2-small", "T4", batch=2, context=99, models=["llama-3-8b"])
    state = figure.static_state()
    machines, models = state.pop("machines"), state.pop("models")
    assert state == {
        "model": "gpt2-small",
        "machine": "t4",
        "precision": "fp16",
        "batch": 2,
        "context": 99,
        "phase": "decode",
        "operation": "mlp",
        "moved": "weights",
        "bytes_per_value": {"fp8": 1, "fp16": 2, "bf16": 2, "tf32": 4, "fp32": 4},
    }
    assert [machine["key"] for machine in machines] == list(SHOWN_MACHINES)
    assert [model["name"] for model in models] == ["llama-3-8b", "gpt2-small"]
    assert models[1]["config"]["positions"] == "learned"
    assert state_of(figure.static_html()) == figure.static_state()


@pytest.mark.parametrize("name", preset_names())
def test_the_whole_pass_agrees_with_prefill_and_decode(name: str) -> None:
    for batch, context in ((1, 1), (3, 700), (900, 100)):
        figure = Roofline(name, batch=batch, context=context)
        for point, step in zip(of(figure.points, "whole"), figure.steps, strict=True):
            assert (point.flops, point.bytes) == (step.flops, step.moved_bytes)
            assert point.roofline == step.roofline


@pytest.mark.parametrize("name", ["gpt2-small", "mistral-7b", "mixtral-8x7b", "deepseek-v3"])
@pytest.mark.parametrize("moved", ["vectors", "scores"])
def test_vectors_and_scores_are_those_of_the_count(name: str, moved: Moved) -> None:
    config = preset(name)
    found = roofline_points(config, 3, 900, MACHINES["h100"], "fp8", moved=moved)
    fused = moved == "vectors"
    conventions = Conventions(pairs="attended", logits="last", fused_attention=fused)
    for phase, (new, cached) in {"prefill": (900, 0), "decode": (1, 900)}.items():
        rows = count_flops(config, 3, new, conventions, cached=cached, bytes_per_value=1)
        for kind in PARTS:
            own = [row for row in rows if row.group == kind]
            point = next(p for p in found if (p.phase, p.kind) == (phase, kind))
            assert point.flops == sum(row.flops for row in own)
            assert point.bytes == sum(row.bytes for row in own)


@pytest.mark.parametrize("moved", get_args(Moved))
def test_the_parts_add_up_to_the_whole(moved: Moved) -> None:
    found = Roofline("qwen2.5-0.5b", moved=moved).points
    for i, whole in enumerate(of(found, "whole")):
        parts = [of(found, kind)[i] for kind in PARTS]
        assert sum(part.flops for part in parts) == whole.flops
        assert sum(part.bytes for part in parts) == whole.bytes
        seconds = [part.roofline.seconds for part in parts]
        assert whole.roofline.seconds == pytest.approx(sum(seconds))
        intensities = [part.roofline.intensity for part in parts]
        assert min(intensities) * 0.9 < whole.roofline.intensity < max(intensities)


def test_prefill_is_compute_bound_and_decode_is_memory_bound() -> None:
    for kind in PARTS:
        prefill, decode = of(Roofline().points, kind)
        # Prefill, too, needs the logits of one token of each sequence.
        in_prefill = "memory" if kind == "head" else "compute"
        assert (prefill.roofline.bound, decode.roofline.bound) == (in_prefill, "memory")
    # A weight of two bytes takes two FLOPs for each of eight sequences.
    assert of(Roofline(batch=8).points, "mlp")[1].roofline.intensity == 8
    scores = [of(Roofline(batch=batch).points, "scores")[1] for batch in (1, 64)]
    assert scores[0].roofline.intensity == scores[1].roofline.intensity


def test_llama_2_13b_on_an_h100_as_in_the_course() -> None:
    steps = []
    for batch in (1, 64, 256):
        step = Roofline("llama-2-13b", batch=batch, context=1024).steps[1]
        steps.append((f"{1000 * step.seconds:.1f}", f"{step.tokens_per_second:.0f}", step.fits))
    # Where the course has 8.0, 23.8 and 71.9 ms, the input embedding is read as a whole.
    assert steps == [("7.9", "126", True), ("23.7", "2701", True), ("71.8", "3567", False)]


def test_a_table_of_positions_ends() -> None:
    figure = Roofline("gpt2-small", context=5000)
    assert figure.steps[0].tokens == 8 * 1023
    assert "8 sequences of 1,023 tokens" in figure.fallback_html()


def test_the_precision_is_one_that_the_hardware_has() -> None:
    figure = Roofline()
    figure.machine = "cpu"
    whole = of(figure.points, "whole")[1].roofline
    assert whole.ridge == MACHINES["cpu"].ridge_point("fp32")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "llama-3-7b"}, "unknown preset 'llama-3-7b'; did you mean llama-3-70b"),
        ({"machine": "h101"}, "unknown machine 'h101'; did you mean h100"),
        ({"machine": "t4", "precision": "bf16"}, "T4 does not support bf16; it has fp16, fp32"),
        ({"batch": 0}, "batch is 0; it must be a whole number from 1 to 4,096"),
        ({"context": 131_073}, "context is 131073; it must be a whole number from 1 to 131,072"),
        ({"phase": "training"}, "phase is 'training'; it must be one of 'prefill', 'decode'"),
        ({"operation": "norms"}, "operation is 'norms'; it must be one of 'projections', 'scores'"),
        ({"moved": "all"}, "moved is 'all'; it must be one of 'weights', 'vectors', 'scores'"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        Roofline(**given)


def test_assigned_values_are_checked() -> None:
    figure = Roofline()
    with pytest.raises(WidgetError, match="model is 'gemma-2b'; it must be one of gpt2-xl"):
        figure.model = "gemma-2b"
    with pytest.raises(WidgetError, match="precision is 'int4'"):
        figure.precision = "int4"
    with pytest.raises(WidgetError, match="bf16; it has fp16, fp32"):
        figure.machine, figure.precision = "t4", "bf16"
    with pytest.raises(WidgetError, match="machines is fixed"):
        figure.machines = []


def test_the_fallback_shows_every_point() -> None:
    html = Roofline().fallback_html()
    assert html.count("<tr>") == 11
    assert "waits for memory below 295 FLOPs per byte" in html
    assert "17 GiB, fit in its 74.5 GiB" in html
    row = "<td>90.2 GFLOPs</td><td>10.5 GiB</td><td>8</td><td>memory</td><td>3.37 ms</td>"
    assert f'<th scope="row">MLP in decode</th>{row}' in html
    assert "do not fit in its 14.9 GiB" in Roofline(machine="t4").fallback_html()
