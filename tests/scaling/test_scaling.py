"""Scaling laws and emergence against the numbers in the papers."""

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

GOPHER = 5.76e23  # FLOPs, the training budget of Chinchilla


@pytest.mark.parametrize(
    ("fit", "tokens_per_parameter"), [(BESIROGLU, 18.4), (HOFFMANN, 92.6)], ids=["2024", "2022"]
)
def test_tokens_per_parameter(fit: ParametricLoss, tokens_per_parameter: float) -> None:
    best = fit.optimum(GOPHER)
    assert best.tokens / best.params == pytest.approx(tokens_per_parameter, abs=0.1)


@given(st.floats(1e15, 1e28), st.floats(0.5, 2))
def test_the_optimum_has_the_least_loss(flops: float, factor: float) -> None:
    best = BESIROGLU.optimum(flops)
    assert training_flops(best.params, best.tokens) == pytest.approx(flops)
    other = BESIROGLU.loss(best.params * factor, best.tokens / factor)
    assert best.loss <= other + 1e-12  # rounding of floats near 1


def test_a_budget_must_be_positive() -> None:
    with pytest.raises(ValueError, match="flops is 0; a budget must be above 0"):
        BESIROGLU.optimum(0)


def test_the_valleys_of_the_course_assignment() -> None:
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
    """Close to the minimum, the parabola has that of the formula."""
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


def test_runs_without_a_minimum_raise() -> None:
    falling = [Run(1e18, params, -params) for params in (1.0, 2.0, 3.0)]
    with pytest.raises(ValueError, match=r"1e\+18 FLOPs have no minimum; add sizes where"):
        fit_valleys(falling)
    with pytest.raises(ValueError, match="a parabola needs at least three model sizes"):
        fit_valleys(falling[:2])
    for xs, ys in (([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 0.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="at least two pairs of positive numbers"):
            fit_power_law(xs, ys)


def test_chinchillas_optima() -> None:
    table = chinchilla_optima()
    for params, flops, tokens in table:
        assert training_flops(params, tokens) == pytest.approx(flops, rel=0.03)
    law = fit_power_law([flops for _, flops, _ in table], [params for params, _, _ in table])
    assert law.exponent == pytest.approx(0.49, abs=0.005)  # table 2 of the paper
    assert law(GOPHER) == pytest.approx(63e9, rel=0.05)  # figure 3 of the paper
    assert [f"{tokens / params:.0f}" for params, _, tokens in table][1:4] == ["20", "22", "25"]


def test_abilities_appear_at_very_different_scales() -> None:
    flops = [ability.train_flops for ability in emergent_abilities()]
    assert len(flops) == 22
    assert (min(flops), max(flops)) == (8.9e19, 2.5e24)


def test_scores_equal_those_in_the_papers() -> None:
    """MMLU of the largest models, from table 6 of the Chinchilla paper."""
    best = {
        score.model: score.percent
        for score in sorted(emergence_scores(), key=lambda score: score.train_flops)
        if "MMLU" in score.task
    }
    for model, percent in {"GPT-3": 43.9, "Gopher": 60.0, "Chinchilla": 67.6}.items():
        assert best[model] == pytest.approx(percent, abs=0.5)


@given(st.floats(0, 1), st.integers(1, 50))
def test_exact_match_is_at_most_the_probability_of_one_token(p: float, length: int) -> None:
    assert 0 <= exact_match(p, length) <= p


def test_an_invalid_probability_raises() -> None:
    with pytest.raises(ValueError, match=r"p is 1\.5; a probability must be between 0 and 1"):
        exact_match(1.5, 2)


def test_public_names_exist() -> None:
    assert all(hasattr(scaling, name) for name in scaling.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        scaling.nothing  # noqa: B018


def test_numpy_is_imported_on_first_use_of_a_fit() -> None:
    code = "import sys, cs336_core.scaling, cs336_core.accounting; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
