"""Compute, the best size for a budget, and emergence, against the papers' own numbers."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs336_core import scaling
from cs336_core.accounting import training_flops
from cs336_core.scaling import (
    BESIROGLU,
    HOFFMANN,
    ParametricLoss,
    Run,
    chinchilla_optima,
    emergence_scores,
    emergent_abilities,
    exact_match,
    fit_power_law,
    fit_valleys,
    isoflop_runs,
)

GOPHER = 5.76e23  # FLOPs, the budget for which Chinchilla was made


@pytest.mark.parametrize(
    ("fit", "tokens_a_parameter"), [(BESIROGLU, 18.4), (HOFFMANN, 92.6)], ids=["2024", "2022"]
)
def test_tokens_a_parameter(fit: ParametricLoss, tokens_a_parameter: float) -> None:
    best = fit.optimum(GOPHER)
    assert best.tokens / best.params == pytest.approx(tokens_a_parameter, abs=0.1)


@given(st.floats(1e15, 1e28), st.floats(0.5, 2))
def test_no_other_size_has_less_loss(flops: float, factor: float) -> None:
    best = BESIROGLU.optimum(flops)
    assert training_flops(best.params, best.tokens) == pytest.approx(flops)
    other = BESIROGLU.loss(best.params * factor, best.tokens / factor)
    assert best.loss <= other + 1e-12  # the rounding of a float of a few units


def test_no_budget_has_no_optimum() -> None:
    with pytest.raises(ValueError, match="flops is 0; a budget must be more than 0"):
        BESIROGLU.optimum(0)


def test_the_valleys_of_the_course() -> None:
    runs = isoflop_runs()
    valleys = fit_valleys(runs)
    assert [valley.flops for valley in valleys] == sorted({run.flops for run in runs})
    for valley in valleys:
        own = [run for run in runs if run.flops == valley.flops]
        assert len(own) == 8
        assert all(abs(valley.loss_of(run.params) - run.loss) < 0.01 for run in own)
        assert valley.loss <= min(run.loss for run in own) + 0.005
    law = fit_power_law([v.flops for v in valleys], [v.params for v in valleys])
    assert law.exponent == pytest.approx(0.515, abs=0.001)
    assert all(2.1 < v.tokens / v.params < 2.8 for v in valleys)


def test_valleys_of_a_known_formula_are_found() -> None:
    """Near the bottom, the parabola's minimum is that of the formula."""
    runs = []
    for flops in (1e19, 1e20, 1e21, 1e22):
        best = BESIROGLU.optimum(flops)
        for factor in (0.6, 0.8, 1.0, 1.25, 1.6):
            params = best.params * factor
            runs.append(Run(flops, params, BESIROGLU.loss(params, flops / 6 / params)))
    for valley in fit_valleys(runs):
        best = BESIROGLU.optimum(valley.flops)
        assert valley.params == pytest.approx(best.params, rel=0.02)
        assert valley.loss == pytest.approx(best.loss, abs=1e-3)
    law = fit_power_law([v.flops for v in fit_valleys(runs)], [v.params for v in fit_valleys(runs)])
    assert law.exponent == pytest.approx(0.3658 / (0.3478 + 0.3658), abs=0.002)


def test_what_is_no_valley_is_refused() -> None:
    falling = [Run(1e18, params, -params) for params in (1.0, 2.0, 3.0)]
    with pytest.raises(ValueError, match=r"1e\+18 FLOPs make no valley; add sizes on the side"):
        fit_valleys(falling)
    with pytest.raises(ValueError, match="a parabola needs three sizes"):
        fit_valleys(falling[:2])
    for xs, ys in (([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 0.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="two pairs or more of numbers over 0"):
            fit_power_law(xs, ys)


def test_chinchillas_optima() -> None:
    table = chinchilla_optima()
    for params, flops, tokens in table:
        assert training_flops(params, tokens) == pytest.approx(flops, rel=0.03)
    law = fit_power_law([flops for _, flops, _ in table], [params for params, _, _ in table])
    assert law.exponent == pytest.approx(0.49, abs=0.005)  # as their table 2 has it
    assert law(GOPHER) == pytest.approx(63e9, rel=0.05)  # as their figure 3 has it
    assert [f"{tokens / params:.0f}" for params, _, tokens in table][1:4] == ["20", "22", "25"]


def test_abilities_appear_at_very_different_scales() -> None:
    flops = [ability.train_flops for ability in emergent_abilities()]
    assert len(flops) == 22
    assert (min(flops), max(flops)) == (8.9e19, 2.5e24)


def test_scores_are_those_of_the_papers() -> None:
    """MMLU of the largest models, as Chinchilla's table 6 has it."""
    best = {
        score.model: score.percent
        for score in sorted(emergence_scores(), key=lambda score: score.train_flops)
        if "MMLU" in score.task
    }
    for model, percent in {"GPT-3": 43.9, "Gopher": 60.0, "Chinchilla": 67.6}.items():
        assert best[model] == pytest.approx(percent, abs=0.5)


@given(st.floats(0, 1), st.integers(1, 50))
def test_exact_match_is_at_most_each_tokens_chance(p: float, length: int) -> None:
    assert 0 <= exact_match(p, length) <= p


def test_a_chance_is_between_0_and_1() -> None:
    with pytest.raises(ValueError, match=r"p is 1\.5; a chance is between 0 and 1"):
        exact_match(1.5, 2)


def test_public_names_exist() -> None:
    assert all(hasattr(scaling, name) for name in scaling.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        scaling.nothing  # noqa: B018


def test_numpy_is_imported_when_a_fit_is_asked_for() -> None:
    code = "import sys, cs336_core.scaling, cs336_core.accounting; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
