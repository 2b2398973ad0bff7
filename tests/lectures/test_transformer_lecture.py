"""Lecture 05: what its sentences say holds, and the answers of its exercises are right."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.losses import best_loss, cross_entropy
from tests.lectures.told import Told, run


@pytest.fixture(scope="module")
def told() -> Told:
    return run("05_transformer.py")


def test_the_answers(told: Told) -> None:
    assert told.values == {
        'f"{two_blocks / one_block:.1f}"': "4.0",
        'f"{base:.1f}"': "5.5",
    }


def test_a_sum_keeps_what_a_product_loses(told: Told) -> None:
    names = told.names
    assert names["replaced"].norm() < 1e-9
    assert 0.5 < names["added"].norm() / names["bottom"].norm() < 2


def test_the_model_knows_its_sentence(told: Told) -> None:
    assert bytes(told.names["written"]).decode() == told.names["sentence"]
    assert told.names["losses"][0] == pytest.approx(5.5, abs=0.5)
    assert told.names["losses"][-1] < 0.1


def test_smoothing_has_a_best_point() -> None:
    right = torch.tensor([0])
    losses = [
        cross_entropy(torch.tensor([[lead] + [0.0] * 255]), right, label_smoothing=0.1).item()
        for lead in (2.0, 5.0, 7.9, 20.0)
    ]
    assert min(losses) == losses[2] == pytest.approx(best_loss(256, 0.1), abs=0.01)
    assert losses[3] > losses[2]


def test_two_thirds_as_wide_costs_the_same(told: Told) -> None:
    plain, gated = (
        sum(p.numel() for p in told.names[name].parameters()) for name in ("plain", "gated")
    )
    assert gated == pytest.approx(plain, rel=0.001)


def test_the_menu_says_what_is_settled(told: Told) -> None:
    lines = told.names["lines"][2:]
    assert sum("rotary" in line for line in lines) > len(lines) / 2
    assert sum("RMSNorm" in line for line in lines) > len(lines) / 2
    assert any("MLA" in line for line in lines)
    assert any("2 of 8 experts" in line for line in lines)


def test_a_router_becomes_fair(told: Told) -> None:
    unfair, fair = told.names["unfair"], told.names["fair"]
    assert unfair.sum() == fair.sum() == 2000
    assert unfair.max() > 2 * 250
    assert (fair - 250).abs().max() < 15


def test_matrices_keep_the_size(told: Told) -> None:
    half, right, double = told.names["spreads"].values()
    assert right == pytest.approx(1, abs=0.2)
    assert half < 0.01
    assert double > 100


def test_what_doubling_costs(told: Told) -> None:
    sizes = told.names["sizes"]
    assert sizes["nothing"] == sizes["heads"] == 124_439_808
    assert max(sizes, key=sizes.get) == "width"
    assert 1 < sizes["context"] / sizes["nothing"] < 1.01


def test_a_state_has_a_fixed_size(told: Told) -> None:
    assert told.names["state"].numel() == 64 * 16
    assert 2 * told.names["text"].numel() > 60 * told.names["state"].numel()
