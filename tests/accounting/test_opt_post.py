"""The inferred count reproduces the posted table, and the standard count does not."""

from __future__ import annotations

import pytest

from cs336_core.accounting import (
    PostedRow,
    count_parameters,
    flops_by_group,
    flops_fraction,
    posted_projection_flops,
    posted_rows,
    recount_flops,
    total_flops,
)
from cs336_core.accounting.opt_post import GROUPS, SEQ_LEN
from cs336_core.model.presets import preset, preset_names

POSTED = posted_rows()
models = pytest.mark.parametrize("row", POSTED, ids=lambda row: row.name)


@models
def test_the_inferred_count_reproduces_every_posted_number(row: PostedRow) -> None:
    flops = flops_by_group(recount_flops(row.config))
    flops["projections"] = posted_projection_flops(row.config)
    total = sum(flops.values())
    # Half a unit of the last printed digit: two operations have whole percents, two have tenths.
    for operation, percent in row.percent.items():
        half = 0.5 if operation in ("projections", "mlp") else 0.051
        assert 100 * flops[operation] / total == pytest.approx(percent, abs=half)
    posted = total * row.tokens_per_update / SEQ_LEN
    assert f"{posted:.1e}" == f"{row.flops:.1e}"
    assert set(row.percent) == set(GROUPS)


def test_the_standard_count_does_not() -> None:
    small, large = POSTED[0], POSTED[-1]
    counted = [flops_fraction(recount_flops(row.config), "mlp") for row in (small, large)]
    assert [row.percent["mlp"] for row in (small, large)] == [44, 80]
    assert [f"{100 * fraction:.1f}" for fraction in counted] == ["50.9", "64.7"]


@pytest.mark.parametrize(
    ("name", "percents"),
    [
        ("760M", "25.5 50.9 17.0 6.6"),
        ("1.3B", "27.1 54.1 13.5 5.3"),
        ("2.7B", "28.4 56.9 11.4 3.3"),
        ("6.7B", "30.1 60.2 7.5 2.2"),
        ("13B", "30.8 61.6 6.2 1.4"),
        ("30B", "31.5 63.1 4.5 0.9"),
        ("66B", "32.0 64.0 3.6 0.5"),
        ("175B", "32.3 64.7 2.7 0.3"),
    ],
)
def test_the_standard_count_of_every_model(name: str, percents: str) -> None:
    """Computed once by hand from 8 L (4 d², 8 d², 2 s d) and 6 V d."""
    (row,) = (row for row in POSTED if row.name == name)
    counted = recount_flops(row.config)
    counted_percents = [f"{100 * flops_fraction(counted, group):.1f}" for group in GROUPS]
    assert " ".join(counted_percents) == percents


def test_the_standard_count_agrees_with_the_training_of_opt() -> None:
    """About 4.30e23 FLOPs for 300 billion tokens, according to the last report of OPT's team."""
    a_token = total_flops(recount_flops(POSTED[-1].config)) / SEQ_LEN
    assert 300e9 * a_token == pytest.approx(4.30e23, rel=0.002)


@models
def test_the_models_have_the_sizes_in_their_names(row: PostedRow) -> None:
    unit = {"M": 1e6, "B": 1e9}[row.name[-1]]
    params = count_parameters(row.config).total
    assert params == pytest.approx(float(row.name[:-1]) * unit, rel=0.03)


def test_the_models_are_the_published_ones() -> None:
    for row in POSTED:
        name = f"opt-{row.name.lower()}"
        if name in preset_names():
            theirs = preset(name)
            for field in ("n_layers", "d_model", "n_heads", "activation", "context_length"):
                assert getattr(row.config, field) == getattr(theirs, field)
