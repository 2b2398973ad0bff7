"""The roofline model: the minimum time of a computation, bound by compute or by memory.

Williams et al. (2009, "Roofline: An Insightful Visual Performance Model for
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
    """The minimum time of a computation on a machine.

    Attributes:
        seconds: the longer of compute and memory time, summed over all computations.
        bound: which of the two takes longer: "compute" or "memory".
        intensity: arithmetic intensity, FLOPs per byte moved.
        ridge: the intensity above which the machine is compute-bound.

    """

    seconds: float
    bound: Literal["compute", "memory"]
    intensity: float
    ridge: float


def roofline(
    flops: float, moved_bytes: float, machine: Machine, precision: Precision = "bf16"
) -> Roofline:
    """Return the minimum time of a computation.

    Raises `AccountingError` for negative FLOPs, bytes that are not positive, and a precision that
    the machine does not support.

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
    """Return the minimum time of computations that run one after another.

    `costs` are FLOPs and bytes of each. While one of them waits for memory the next one cannot
    compute yet, so the total is longer than the time of all FLOPs or all bytes alone. Raises as
    `roofline` does, and `AccountingError` for an empty sequence.

    >>> from cs336_core.accounting.machines import H100
    >>> computes, reads = (989e12, 1e9), (1e9, 3.35e12)  # one second each
    >>> round(in_sequence([computes, reads], H100).seconds, 2)
    2.0
    """
    flops = moved = waiting = computing = 0.0
    for part_flops, part_bytes in costs:
        part = roofline(part_flops, part_bytes, machine, precision)
        flops, moved = flops + part_flops, moved + part_bytes
        if part.bound == "memory":
            waiting += part.seconds
        else:
            computing += part.seconds
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
    """Return the minimum time of a forward pass over `n_tokens` tokens.

    2 FLOPs per parameter and token; the weights are read once for all tokens. Attention scores and
    the KV cache are ignored. Raises `AccountingError` unless both numbers are positive.

    >>> from cs336_core.accounting.machines import H100
    >>> one, many = forward_seconds(13e9, 1, H100), forward_seconds(13e9, 256, H100)
    >>> one == many
    True
    """
    check_number("params", params, above=0)
    check_number("n_tokens", n_tokens, above=0)
    flops = forward_flops(params, n_tokens)
    return roofline(flops, BYTES[precision] * params, machine, precision).seconds
