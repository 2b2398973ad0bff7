"""How long a computation takes at least: what it computes, or what it reads, whichever is slower.

The roofline model of Williams et al. (2009, "Roofline: An Insightful Visual Performance Model for
Multicore Architectures").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cs336_core._shared.validation import check_number
from cs336_core.accounting.machines import BYTES, Machine, Precision
from cs336_core.accounting.papers import forward_flops


@dataclass(frozen=True)
class Roofline:
    """The least time of a computation on a machine.

    Attributes:
        seconds: the longer of the two times or, of several computations, the sum of theirs.
        bound: what takes that time, or most of it: "compute" or "memory".
        intensity: FLOPs for each byte that is moved.
        ridge: the intensity above which the machine computes longer than it moves.

    """

    seconds: float
    bound: Literal["compute", "memory"]
    intensity: float
    ridge: float


def roofline(
    flops: float, moved_bytes: float, machine: Machine, precision: Precision = "bf16"
) -> Roofline:
    """Return the least time of a computation.

    Raises `AccountingError` for FLOPs under 0, bytes that are not above 0, and a precision that the
    machine lacks.

    >>> from cs336_core.accounting.machines import H100
    >>> roofline(2 * 4096**3, 3 * 2 * 4096**2, H100).bound
    'compute'
    """
    check_number("flops", flops)
    check_number("moved_bytes", moved_bytes, above=0)
    computing = flops / machine.peak(precision)
    moving = moved_bytes / machine.bytes_per_second
    return Roofline(
        seconds=max(computing, moving),
        bound="compute" if computing >= moving else "memory",
        intensity=flops / moved_bytes,
        ridge=machine.ridge_point(precision),
    )


def in_sequence(
    costs: Iterable[tuple[float, float]], machine: Machine, precision: Precision = "bf16"
) -> Roofline:
    """Return the least time of computations that run one after another: FLOPs and bytes of each.

    While one of them waits for memory the next one cannot compute yet, so the whole takes longer
    than all FLOPs or all bytes by themselves. Raises as `roofline` does, and `AccountingError`
    for no computation at all.

    >>> from cs336_core.accounting.machines import H100
    >>> computes, reads = (989e12, 1e9), (1e9, 3.35e12)  # a second each
    >>> round(in_sequence([computes, reads], H100).seconds, 2)
    2.0
    """
    flops = moved = waiting = computing = 0.0
    for each in costs:
        found = roofline(*each, machine, precision)
        flops, moved = flops + each[0], moved + each[1]
        if found.bound == "memory":
            waiting += found.seconds
        else:
            computing += found.seconds
    check_number("moved_bytes", moved, above=0)
    return Roofline(
        seconds=computing + waiting,
        bound="compute" if computing >= waiting else "memory",
        intensity=flops / moved,
        ridge=machine.ridge_point(precision),
    )


def forward_seconds(
    params: float, n_tokens: float, machine: Machine, precision: Precision = "bf16"
) -> float:
    """Return the least time of a forward pass of `n_tokens` tokens at once.

    Each token takes 2 FLOPs a parameter; the weights are read once, for all tokens together. What
    attention computes, and what it reads of earlier tokens, is left out. Raises `AccountingError`
    where nothing is computed.

    >>> from cs336_core.accounting.machines import H100
    >>> one, many = forward_seconds(13e9, 1, H100), forward_seconds(13e9, 256, H100)
    >>> one == many
    True
    """
    check_number("params", params, above=0)
    check_number("n_tokens", n_tokens, above=0)
    flops = forward_flops(params, n_tokens)
    return roofline(flops, BYTES[precision] * params, machine, precision).seconds
