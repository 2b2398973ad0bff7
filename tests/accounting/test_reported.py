"""Reported training runs."""

from __future__ import annotations

import re

import pytest

from cs336_core.accounting import H100, training_run
from cs336_core.accounting.reported import ReportedRun, reported_runs

RUNS = reported_runs()


@pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))
def test_reported_runs_are_plausible(run: ReportedRun) -> None:
    """No run reaches more than 65 % of the peak, and none less than 10 %."""
    assert 0.1 < run.implied_mfu < 0.65
    assert re.fullmatch(r"20\d\d-\d\d", run.date)
    again = training_run(run.flops, run.machine, 100, mfu=run.implied_mfu, precision=run.precision)
    assert again.machine_hours == pytest.approx(run.machine_hours)


def test_known_runs() -> None:
    """Llama 3, section 3.3: an MFU of 38 to 43 %; its hours may include waiting."""
    largest = RUNS["llama-3.1-405b"]
    assert largest.machine == H100
    assert 0.34 < largest.implied_mfu < 0.43
    assert largest.flops == pytest.approx(3.8e25, rel=0.01)
    # Of a mixture of experts only the active parameters compute.
    assert RUNS["deepseek-v3"].flops == pytest.approx(6 * 37.6e9 * 14.8e12, rel=0.01)
