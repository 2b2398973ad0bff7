"""The frequencies of rotary positions, and how they are scaled for longer sequences."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.config import RopeScaling


def frequencies(
    d: int, theta: float | Tensor, *, device: torch.device | None = None
) -> Float[Tensor, " half"]:
    """Return the frequencies of the d / 2 points, in radians per position, in 64 bits.

    In 32 bits the angles of large positions would be off by 0.01. Raises `ValueError` for an odd
    dimension.

    >>> frequencies(4, 10_000.0)
    tensor([1.0000, 0.0100], dtype=torch.float64)
    """
    if d < 2 or d % 2:
        raise ValueError(
            f"the dimension is {d}; it must be even and at least 2, to be split into pairs"
        )
    exponents = torch.arange(0, d, 2, dtype=torch.float64, device=device) / d
    log_theta = theta.log() if isinstance(theta, Tensor) else math.log(theta)
    return torch.exp(-log_theta * exponents)


def scaled_frequencies(
    d: int, theta: float, scaling: RopeScaling | None, positions: Int[Tensor, ...]
) -> Float[Tensor, " half"]:
    """Return the frequencies at these positions; see `RopeScaling`.

    Those of "dynamic" and "longrope" depend on the highest position of the batch. They are computed
    where it is, so that the host need not know it.
    """
    device = positions.device
    if scaling is None:
        return frequencies(d, theta, device=device)
    if scaling.kind == "dynamic":
        return frequencies(d, _dynamic_theta(d, theta, scaling, positions), device=device)
    plain = frequencies(d, theta, device=device)
    if scaling.kind == "linear":
        return plain / scaling.factor
    if scaling.kind == "longrope":
        short, long = (
            torch.tensor(factors, dtype=plain.dtype, device=device)
            for factors in (scaling.short_factors, scaling.long_factors)
        )
        return plain / torch.where(_length(positions) > _context(scaling), long, short)
    kept = (_kept_by_yarn if scaling.kind == "yarn" else _kept_by_llama3)(plain, theta, scaling)
    return kept * plain + (1 - kept) * plain / scaling.factor


def _dynamic_theta(d: int, theta: float, scaling: RopeScaling, positions: Tensor) -> Tensor:
    """Return a base that grows with the sequence, beyond the original context.

    The slowest point then covers the sequence with the angles it has in the original context, and
    the fastest one keeps its frequency.
    """
    longer = _length(positions).double() / _context(scaling)
    growth = (scaling.factor * longer - (scaling.factor - 1)).clamp_min(1)
    return theta * growth ** (d / max(d - 2, 1))


def _context(scaling: RopeScaling) -> int:
    """Return the original context, which only "linear" scaling may lack and does not need."""
    return scaling.original_context or 0


def _length(positions: Tensor) -> Tensor:
    """Return the number of positions up to the highest one."""
    return positions.amax() + 1 if positions.numel() else positions.new_zeros(())


def _kept_by_yarn(plain: Tensor, theta: float, scaling: RopeScaling) -> Tensor:
    """Return how much of each frequency is kept: 1 for fast ones, falling to 0 (section 3.2)."""
    d = 2 * len(plain)

    def dimension(rotations: float) -> float:
        """Return the dimension that rotates so often in the original context."""
        wavelength = _context(scaling) / rotations
        return d * math.log(wavelength / (2 * math.pi)) / (2 * math.log(theta))

    first, last = dimension(scaling.beta_fast), dimension(scaling.beta_slow)
    if scaling.truncate:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, d - 1)
    steps = torch.arange(len(plain), dtype=plain.dtype, device=plain.device)
    return 1 - ((steps - first) / max(last - first, 0.001)).clamp(0, 1)


def _kept_by_llama3(plain: Tensor, theta: float, scaling: RopeScaling) -> Tensor:
    """Return how much of each frequency is kept, by its rotations in the original context."""
    del theta
    rotations = _context(scaling) * plain / (2 * math.pi)
    low, high = scaling.low_freq_factor, scaling.high_freq_factor
    return ((rotations - low) / max(high - low, 1e-9)).clamp(0, 1)  # a step if they are equal
