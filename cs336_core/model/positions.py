"""Positional encodings: without them, attention treats a sequence as a set."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.layers import Embedding


def sinusoidal_positions(
    n: int, d: int, *, device: torch.device | None = None, dtype: torch.dtype | None = None
) -> Float[Tensor, "n d"]:
    """Return sines and cosines of the position, with wavelengths from 2 pi to 20,000 pi.

    Even columns hold sines, odd ones cosines (Vaswani et al. 2017, section 3.5). Row `p + k` is row
    `p` with each pair of columns rotated by an angle that depends on `k` alone.

    Raises `ValueError` for an odd `d`.

    >>> sinusoidal_positions(2, 4)
    tensor([[0.0000, 1.0000, 0.0000, 1.0000],
            [0.8415, 0.5403, 0.0100, 0.9999]])
    """
    angles = torch.arange(n, device=device)[:, None] * _frequencies(d, 10_000.0, device)
    columns = torch.stack([angles.sin(), angles.cos()], -1)  # (n d/2 2)
    return columns.flatten(-2).to(dtype or torch.get_default_dtype())


class LearnedPositions(nn.Module):
    """A table with a learned vector for each position (GPT-2)."""

    def __init__(self, n: int, d: int) -> None:
        super().__init__()
        self.table = Embedding(n, d)

    def forward(self, positions: Int[Tensor, " seq"]) -> Float[Tensor, "seq d"]:
        """Look up each position; raise `ValueError` for one beyond the end of the table."""
        n = len(self.table.weight)
        if len(positions) and positions.max() >= n:
            raise ValueError(
                f"the sequence reaches position {int(positions.max())}, but the table of positions "
                f"ends at {n - 1} (context_length is {n})"
            )
        embedded: Tensor = self.table(positions)
        return embedded


class Rotary(nn.Module):
    """Rotates queries and keys by angles proportional to their position (Su et al. 2021).

    Dimensions 0 and 1 of a head are the coordinates of a point, 2 and 3 those of the next, and so
    on; each point rotates at its own frequency. The score of a query and a key then depends on the
    distance between them, not on their absolute positions. Only the first `dim` dimensions are
    rotated.
    """

    def __init__(self, dim: int, *, theta: float = 10_000.0) -> None:
        super().__init__()
        self.dim = dim
        self.theta = theta
        _frequencies(dim, theta)  # raises for an odd dim
        self._tables: dict[tuple[torch.device, torch.dtype], tuple[Tensor, Tensor]] = {}

    def forward(
        self, x: Float[Tensor, "*batch seq d"], positions: Int[Tensor, ...]
    ) -> Float[Tensor, "*batch seq d"]:
        """Rotate the vector at each position.

        `positions` has shape (seq,), or broadcasts to all dimensions of `x` but the last.

        Raises `ValueError` for vectors narrower than `dim`, positions of another shape, and
        negative positions.
        """
        if x.shape[-1] < self.dim:
            raise ValueError(
                f"the vectors have {x.shape[-1]} dimensions, but {self.dim} are to be rotated"
            )
        _check_positions(positions, x.shape[:-1])
        cosines, sines = self._table(positions, x.dtype)  # (... seq dim/2)
        first, second = x[..., : self.dim].unflatten(-1, (-1, 2)).unbind(-1)
        rotated = torch.stack(
            [first * cosines - second * sines, first * sines + second * cosines], -1
        ).flatten(-2)
        if x.shape[-1] == self.dim:
            return rotated
        return torch.cat([rotated, x[..., self.dim :]], -1)

    def _table(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Return the cosines and sines of the angles, which are cached."""
        cached = self._tables.get((positions.device, dtype))
        first, last = map(int, positions.aminmax()) if positions.numel() else (0, -1)
        if first < 0:
            raise ValueError(f"positions contain {first}; a position must be 0 or more")
        needed = last + 1
        if cached is None or len(cached[0]) < needed:
            n = max(needed, 2 * len(cached[0]) if cached else 0)
            steps = torch.arange(n, device=positions.device)
            angles = steps[:, None] * _frequencies(self.dim, self.theta, positions.device)
            cached = angles.cos().to(dtype), angles.sin().to(dtype)
            self._tables[positions.device, dtype] = cached
        cosines, sines = cached
        return cosines[positions], sines[positions]


def _check_positions(positions: Tensor, shape: torch.Size) -> None:
    """Raise `ValueError` for positions that do not broadcast to `shape`."""
    given = positions.shape
    has_own_rows = len(given) == len(shape) and all(
        n in (1, full) for n, full in zip(given, shape, strict=True)
    )
    if given[-1:] == shape[-1:] and (len(given) == 1 or has_own_rows):
        return
    raise ValueError(
        f"positions have shape {tuple(given)}; for vectors of shape ({', '.join(map(str, shape))}, "
        f"d) their shape must be ({shape[-1]},) or broadcast to {tuple(shape)}"
    )


def _frequencies(
    d: int, theta: float, device: torch.device | None = None
) -> Float[Tensor, " half"]:
    """Return the frequencies of the d / 2 points, in radians per position, in 64 bits.

    In 32 bits the angles of large positions would be off by 0.01.
    """
    if d < 2 or d % 2:
        raise ValueError(
            f"the dimension is {d}; it must be even and at least 2, to be split into pairs"
        )
    exponents = torch.arange(0, d, 2, dtype=torch.float64, device=device) / d
    return torch.exp(-math.log(theta) * exponents)
