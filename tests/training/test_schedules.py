"""Schedules warm up, descend as the papers say, and end where they should."""

from __future__ import annotations

import math

import pytest
import torch

from cs336_core.training.errors import TrainingError
from cs336_core.training.schedules import build_schedule, cosine_schedule, wsd_schedule

SGD = torch.optim.SGD
rates = torch.optim.lr_scheduler


def theirs(build: object, n: int) -> list[float]:
    """Return the rates of a scheduler of PyTorch for an optimizer with a rate of 1."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = build(optimizer)  # type: ignore[operator]
    found = []
    for _ in range(n):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def test_cosine_is_that_of_pytorch() -> None:
    peer = theirs(lambda optimizer: rates.CosineAnnealingLR(optimizer, 40, eta_min=0.1), 41)
    ours = [cosine_schedule(it, 1.0, 0.1, warmup=0, cosine=40) for it in range(41)]
    assert ours == pytest.approx(peer, abs=1e-12)


def test_cosine_warms_up_and_stays_low() -> None:
    ours = [cosine_schedule(it, 1.0, 0.1, warmup=7, cosine=21) for it in range(25)]
    assert ours[:8] == pytest.approx([it / 7 for it in range(8)])
    assert ours[14] == pytest.approx(0.55)
    assert ours[21:] == [0.1] * 4


def test_linear_is_that_of_pytorch() -> None:
    peer = theirs(lambda optimizer: rates.LinearLR(optimizer, 1.0, 0.2, total_iters=10), 13)
    schedule = build_schedule("linear", 1.0, 10, min_lr=0.2)
    assert [schedule(it - 1) for it in range(13)] == pytest.approx(peer, abs=1e-12)


def test_wsd_is_stable_in_between() -> None:
    ours = [wsd_schedule(it, 2.0, 0.0, warmup=4, decay=5, total=20) for it in range(21)]
    assert ours[:4] == [0.0, 0.5, 1.0, 1.5]
    assert ours[4:16] == [2.0] * 12
    assert ours[16:] == pytest.approx([1.6, 1.2, 0.8, 0.4, 0.0])


@pytest.mark.parametrize("name", ["constant", "cosine", "linear", "wsd"])
@pytest.mark.parametrize("warmup", [0, 1, 5, 10])
def test_a_run_begins_above_0_and_never_exceeds_its_peak(name: str, warmup: int) -> None:
    schedule = build_schedule(name, 0.5, 10, min_lr=0.05, warmup=warmup)  # type: ignore[arg-type]
    found = [schedule(it) for it in range(10)]
    assert found[0] > 0
    assert max(found) <= 0.5
    assert all(map(math.isfinite, found))
    if warmup < 10:
        assert found[-1] == pytest.approx(0.5 if name == "constant" else 0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "step"}, "schedule is 'step'"),
        ({"max_lr": 0.0}, "max_lr is 0.0"),
        ({"min_lr": 2.0}, "min_lr is 2.0"),
        ({"warmup": 11}, "warmup is 11 steps"),
    ],
)
def test_contradictions_are_refused(arguments: dict[str, object], message: str) -> None:
    options = {"name": "cosine", "max_lr": 1.0, "n_steps": 10, **arguments}
    with pytest.raises(TrainingError, match=message):
        build_schedule(**options)  # type: ignore[arg-type]
