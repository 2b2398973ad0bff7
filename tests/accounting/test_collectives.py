"""The time of collectives: rings, trees, and the factors of nccl-tests."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.accounting.machines import Link
from cs336_core.accounting.parallel.collectives import collective_time

LINK = Link(bytes_per_second=1e9, latency=1e-3)


@pytest.mark.parametrize(
    ("collective", "factor", "steps"),
    [
        ("all-gather", 7 / 8, 7), ("reduce-scatter", 7 / 8, 7), ("all-reduce", 14 / 8, 14),
        ("all-to-all", 7 / 8, 7), ("send", 1, 1),
    ],
)  # fmt: skip
def test_a_ring(collective: Any, factor: float, steps: int) -> None:
    """The factors of nccl-tests: bus bandwidth over algorithm bandwidth."""
    time = collective_time(collective, 8e9, 8, LINK, "ring")
    assert time.sent_bytes == pytest.approx(8e9 * factor)
    assert time.seconds == pytest.approx(8 * factor + steps * 1e-3)
    assert time.bound == "bandwidth"


def test_a_tree_takes_fewer_steps() -> None:
    ring, tree, faster = (
        collective_time("all-reduce", 1e3, 64, LINK, algorithm)  # type: ignore[arg-type]
        for algorithm in ("ring", "tree", "faster")
    )
    assert (ring.waiting, tree.waiting) == pytest.approx((0.126, 0.012))
    assert faster == tree
    assert faster.bound == "latency"
    large = collective_time("all-reduce", 1e10, 64, LINK)
    assert large.seconds <= collective_time("all-reduce", 1e10, 64, LINK, "tree").seconds


def test_one_chip_sends_nothing() -> None:
    assert collective_time("all-reduce", 1e9, 1, LINK).seconds == 0


def test_a_reduce_scatter_and_an_all_gather_are_an_all_reduce() -> None:
    parts = [
        collective_time(name, 1e9, 8, LINK, "ring")  # type: ignore[arg-type]
        for name in ("reduce-scatter", "all-gather", "all-reduce")
    ]
    assert parts[0].seconds + parts[1].seconds == pytest.approx(parts[2].seconds)
