"""The time of collectives: all-reduce, all-gather, reduce-scatter, all-to-all, send.

n chips, each with a link of W bytes per second in each direction and a latency of a seconds per
step, and a buffer of V bytes: the whole result for an all-gather, the whole input for a
reduce-scatter, what one chip holds for an all-reduce, an all-to-all and a send.

| collective | bytes that each chip sends | steps of a ring | steps of a tree |
|---|--:|--:|--:|
| all-gather, reduce-scatter | V (n - 1) / n | n - 1 | log n |
| all-reduce | 2 V (n - 1) / n, 2 V in a tree | 2 (n - 1) | 2 log n |
| all-to-all | V (n - 1) / n | n - 1 | n - 1 |
| send | V | 1 | 1 |

A ring is bound by bandwidth for large buffers and by latency for many chips; a tree takes fewer
steps (Thakur et al. 2005, "Optimization of Collective Communication Operations in MPICH"). The
bytes are the "bus bandwidth" factors of NVIDIA's nccl-tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_number, check_size
from cs336_core.accounting.machines import Link

Collective = Literal["all-reduce", "all-gather", "reduce-scatter", "all-to-all", "send"]
Algorithm = Literal["ring", "tree", "faster"]


@dataclass(frozen=True)
class CollectiveTime:
    """The time of one collective.

    Attributes:
        seconds: the sum of both parts below.
        sent_bytes: what each chip sends.
        moving: seconds of bandwidth.
        waiting: seconds of latency.

    """

    sent_bytes: float
    moving: float
    waiting: float

    @property
    def seconds(self) -> float:
        """The time from the call to the result."""
        return self.moving + self.waiting

    @property
    def bound(self) -> Literal["bandwidth", "latency"]:
        """Which part is longer."""
        return "bandwidth" if self.moving >= self.waiting else "latency"


def collective_time(
    collective: Collective,
    size: float,
    n_chips: int,
    link: Link,
    algorithm: Algorithm = "faster",
) -> CollectiveTime:
    """Return the time of a collective on a buffer of `size` bytes among `n_chips` chips.

    Among one chip it takes no time. Raises `AccountingError` for an unknown collective or
    algorithm, and for negative sizes.

    >>> from cs336_core.accounting.machines import H100
    >>> one_gigabyte = collective_time("all-reduce", 1e9, 8, H100.link(8))
    >>> f"{1000 * one_gigabyte.seconds:.1f} ms, bound by {one_gigabyte.bound}"
    '3.9 ms, bound by bandwidth'
    >>> collective_time("all-reduce", 1e3, 8, H100.link(8)).bound
    'latency'
    """
    check_choice("collective", collective, get_args(Collective))
    check_choice("algorithm", algorithm, get_args(Algorithm))
    check_number("size", size)
    n_chips = check_size("n_chips", n_chips)
    if n_chips == 1:
        return CollectiveTime(0, 0, 0)
    if algorithm != "faster":
        return _timed(collective, size, n_chips, link, is_tree=algorithm == "tree")
    both = (_timed(collective, size, n_chips, link, is_tree=tree) for tree in (False, True))
    return min(both, key=lambda each: each.seconds)


def _timed(
    collective: Collective, size: float, n_chips: int, link: Link, *, is_tree: bool
) -> CollectiveTime:
    """Return the time of a collective by one algorithm."""
    others = (n_chips - 1) / n_chips
    if collective == "send":
        sent, steps = size, 1
    elif collective == "all-to-all":
        sent, steps = size * others, n_chips - 1
    elif is_tree:
        sent, steps = size * (1 if collective == "all-reduce" else others), ceil(log2(n_chips))
    else:
        sent, steps = size * others, n_chips - 1
    if collective == "all-reduce":
        sent, steps = 2 * sent, 2 * steps
    return CollectiveTime(sent, sent / link.bytes_per_second, steps * link.latency)
