"""The posted table comes out of the inferred count, and the standard count is another."""

from __future__ import annotations

import pytest

from cs336_core.accounting import PostedRow, posted_projections, posted_rows, rows
from cs336_core.accounting.opt_post import SEQ_LEN
from cs336_core.accounting.plain import share

POSTED = posted_rows()
models = pytest.mark.parametrize("row", POSTED, ids=lambda row: row.name)


def standard(row: PostedRow) -> dict[str, int]:
    counted = rows(row.model, SEQ_LEN, work="training with recomputation")
    names = ("projections", "scores", "mlp", "head")
    return {name: each.flops for name, each in zip(names, counted, strict=True)}


@models
def test_the_inferred_count_gives_every_posted_number(row: PostedRow) -> None:
    flops = standard(row) | {"projections": posted_projections(row.model)}
    total = sum(flops.values())
    # Half a unit of the last printed digit: two operations have whole percents, two have tenths.
    for operation, percent in row.percent.items():
        half = 0.5 if operation in ("projections", "mlp") else 0.051
        assert 100 * flops[operation] / total == pytest.approx(percent, abs=half)
    posted = total * row.tokens_per_update
    assert f"{posted:.1e}" == f"{row.flops:.1e}"


def test_the_standard_count_does_not() -> None:
    small, large = POSTED[0], POSTED[-1]
    counted = [
        share(rows(row.model, SEQ_LEN, work="training with recomputation"), "mlp")
        for row in (small, large)
    ]
    assert [row.percent["mlp"] for row in (small, large)] == [44, 80]
    assert [f"{100 * each:.1f}" for each in counted] == ["50.9", "64.7"]


def test_the_standard_count_is_what_the_training_of_opt_took() -> None:
    """About 4.30e23 FLOPs for 300 billion tokens, says the last report of OPT's team."""
    assert 300e9 * sum(standard(POSTED[-1]).values()) == pytest.approx(4.30e23, rel=0.002)


@models
def test_the_models_are_as_large_as_they_are_called(row: PostedRow) -> None:
    unit = {"M": 1e6, "B": 1e9}[row.name[-1]]
    assert row.model.params == pytest.approx(float(row.name[:-1]) * unit, rel=0.03)
