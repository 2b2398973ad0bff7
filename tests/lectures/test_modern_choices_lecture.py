"""Lecture 09: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import pytest
import torch

from cs336_core.accounting import H100, decode
from cs336_core.model.experts import Router
from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("09_modern_choices")


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("09_modern_choices.py")


def test_computed_values(lecture: LectureRun) -> None:
    values = dict(lecture.values)
    assert 1.3 < float(str(values.pop('f"{balancing_losses[0]:.2f}"'))) < 4
    assert float(str(values.pop('f"{balancing_losses[-1]:.2f}"'))) < 1.05
    assert 10 < int(str(values.pop('f"{100 * dropped_at_first:.0f} %"'))[:-2]) < 50
    assert values.pop("first_without_drops") == lecture.variables["first_without_drops"]
    assert values == {
        'f"{work:.1f}"': "1.8",  # 12.9 billion, or 7.2
        # 46.7 billion parameters and 12.9; then 2 x 1,024 x 46.7e9 FLOPs at 989 TFLOP/s, and 93 GB
        'f"{gain[1]:.1f}"': "3.6",
        'f"{gain[1024]:.1f}"': "2.7",
        'f"{100 * active_fraction:.0f} %"': "3 %",
        "mixtral_pairs": 28,
    }


def test_from_four_tokens_on_mixtral_reads_every_expert(lecture: LectureRun) -> None:
    served, pass_ms = lecture.variables["served"], lecture.variables["pass_ms"]
    dense = "dense, as large"
    for batch in (4, 16, 64, 256):
        assert pass_ms["Mixtral 8x7B", batch] == pytest.approx(pass_ms[dense, batch], rel=0.001)
    assert pass_ms["Mixtral 8x7B", 2] < 0.6 * pass_ms[dense, 2]
    bounds = [decode(served[dense], n, 256, H100).roofline.bound for n in (256, 1024)]
    assert bounds == ["memory", "compute"]
    assert not any(decode(served[name], 1, 256, H100).fits for name in (dense, "Mixtral 8x7B"))


def test_a_router_sends_each_token_to_its_two_best_experts(lecture: LectureRun) -> None:
    routing, tokens = lecture.variables["routing"], lecture.variables["tokens"]
    router: Router = lecture.variables["small_router"]
    with torch.no_grad():
        best = router.scores(tokens).topk(2)
    assert torch.equal(routing.chosen, best.indices)
    torch.testing.assert_close(routing.weights, best.values.softmax(-1))


def test_the_step_size_decides_how_long_a_state_remembers(lecture: LectureRun) -> None:
    short, long, attention = lecture.variables["changes"].values()
    assert long[1] > 0.1
    assert long[20] < 1e-3
    assert min(short[20], attention[20]) > 1e-2
    assert min(short[499], attention[499]) > 1e-4


def test_mixtral_has_more_active_parameters_than_the_dense_model(lecture: LectureRun) -> None:
    active, total = lecture.variables["active"], lecture.variables["total"]
    assert total["mistral-7b"] == active["mistral-7b"] == 7_241_732_096
    assert total["mixtral-8x7b"] == 46_702_792_704
    assert active["mixtral-8x7b"] == pytest.approx(12.88e9, rel=0.001)
    assert total["mixtral-8x22b"] == 140_620_634_112
    assert active["mixtral-8x22b"] == pytest.approx(39.15e9, rel=0.001)


def test_the_table_of_models_shows_what_is_settled(lecture: LectureRun) -> None:
    lines = lecture.variables["menu"][2:-3]  # without the older models at the end
    assert sum("rotary" in line for line in lines) > len(lines) / 2
    assert sum("RMSNorm" in line for line in lines) > len(lines) / 2
    assert any("MLA" in line and "8 of 256 + 1 |" in line for line in lines)
    assert any("2 of 8 |" in line for line in lines)


def test_the_router_balances_its_experts(lecture: LectureRun) -> None:
    """Twice the mean is not enough at first, and 1.25 times is from the stated step on."""
    loads = lecture.variables["loads"]
    assert all(load.sum() == 2000 for load in loads)
    assert loads[0].max() > 2 * 250
    assert (loads[-1] - 250).abs().max() < 15
    enough = lecture.variables["first_without_drops"]
    assert 40 < enough <= 120
    assert loads[enough].max() <= 1.25 * 250 < min(load.max() for load in loads[:enough])


def test_a_state_has_a_fixed_size(lecture: LectureRun) -> None:
    assert lecture.variables["state"].numel() == 64 * 16
    assert 2 * lecture.variables["text"].numel() > 60 * lecture.variables["state"].numel()
