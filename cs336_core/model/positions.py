"""How a token's place is told: attention by itself sees a set, not a sequence."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.layers import Embedding


def sinusoidal_positions(
    n: int, d: int, *, device: torch.device | None = None, dtype: torch.dtype | None = None
) -> Float[Tensor, "n d"]:
    """Return sines and cosines of the place, of wavelengths from 2 pi to 20,000 pi.

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
    """A table with a vector for each place (GPT-2)."""

    def __init__(self, n: int, d: int) -> None:
        super().__init__()
        self.table = Embedding(n, d)

    def forward(self, positions: Int[Tensor, " seq"]) -> Float[Tensor, "seq d"]:
        """Look up each place; raise `ValueError` for a sequence that is longer than the table."""
        n = len(self.table.weight)
        if len(positions) and positions.max() >= n:
            raise ValueError(
                f"the sequence goes up to place {int(positions.max())}, and the table of positions "
                f"ends at {n - 1} (context_length is {n})"
            )
        embedded: Tensor = self.table(positions)
        return embedded


class Rotary(nn.Module):
    """Rotates queries and keys by angles that grow with their place (Su et al. 2021).

    Numbers 0 and 1 of a head are the coordinates of a point, 2 and 3 those of the next, and so on;
    each is rotated at a speed of its own. The score of a query and a key then depends on how far
    apart they are, not on where. Where a head is wider than `dim` the rest of it is left as it is.
    """

    def __init__(self, dim: int, *, theta: float = 10_000.0) -> None:
        super().__init__()
        self.dim = dim
        self.theta = theta
        _frequencies(dim, theta)  # raises where it must
        self._tables: dict[tuple[torch.device, torch.dtype], tuple[Tensor, Tensor]] = {}

    def forward(
        self, x: Float[Tensor, "*batch seq d"], positions: Int[Tensor, ...]
    ) -> Float[Tensor, "*batch seq d"]:
        """Rotate the vector at each position.

        `positions` has shape (seq,), the same for all rows, or has all dimensions of `x` but the
        last, each of them full or 1.

        Raises `ValueError` for vectors that are too narrow, positions of another shape, and a
        position before the first.
        """
        if x.shape[-1] < self.dim:
            raise ValueError(
                f"the vectors have {x.shape[-1]} numbers, and {self.dim} are to be rotated"
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
        """Return the cosines and sines of the angles; they are computed once and kept."""
        kept = self._tables.get((positions.device, dtype))
        least, most = map(int, positions.aminmax()) if positions.numel() else (0, -1)
        if least < 0:
            raise ValueError(f"positions hold {least}; a position is 0 or more")
        needed = most + 1
        if kept is None or len(kept[0]) < needed:
            n = max(needed, 2 * len(kept[0]) if kept else 0)
            places = torch.arange(n, device=positions.device)
            angles = places[:, None] * _frequencies(self.dim, self.theta, positions.device)
            kept = angles.cos().to(dtype), angles.sin().to(dtype)
            self._tables[positions.device, dtype] = kept
        cosines, sines = kept
        return cosines[positions], sines[positions]


def _check_positions(positions: Tensor, shape: torch.Size) -> None:
    """Raise `ValueError` for positions that do not belong to vectors of that shape."""
    given = positions.shape
    has_own_rows = len(given) == len(shape) and all(
        n in (1, full) for n, full in zip(given, shape, strict=True)
    )
    if given[-1:] == shape[-1:] and (len(given) == 1 or has_own_rows):
        return
    raise ValueError(
        f"positions have shape {tuple(given)}; for vectors of shape ({', '.join(map(str, shape))}, "
        f"d) they must have ({shape[-1]},) or {tuple(shape)}, where 1 stands for all rows"
    )


def _frequencies(
    d: int, theta: float, device: torch.device | None = None
) -> Float[Tensor, " half"]:
    """Return the speeds of the d / 2 points, in radians a place, in 64 bits.

    In 32 bits the angle of a far place would be off by a hundredth.
    """
    if d < 2 or d % 2:
        raise ValueError(f"{d} numbers cannot be taken in pairs: give an even number, 2 or more")
    exponents = torch.arange(0, d, 2, dtype=torch.float64, device=device) / d
    return torch.exp(-math.log(theta) * exponents)
