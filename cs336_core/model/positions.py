"""Positional encodings: without them, attention treats a sequence as a set."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.checks import check_range, known
from cs336_core.model.config import RopeScaling
from cs336_core.model.frequencies import frequencies, scaled_frequencies
from cs336_core.model.layers import Embedding


def padded_positions(
    lengths: Int[Tensor, " batch"], n: int, *, side: Literal["left", "right"] = "right"
) -> Int[Tensor, "batch n"]:
    """Return the position of each of `n` tokens in its row, -1 for padding on one side.

    `lengths` are the true lengths of the rows. Raises `ValueError` for lengths that are known to be
    negative or above `n`.

    >>> padded_positions(torch.tensor([1, 3]), 3, side="left")
    tensor([[-1, -1,  0],
            [ 0,  1,  2]])
    """
    check_lengths(lengths, n)
    columns = torch.arange(n, device=lengths.device)
    if side == "left":
        return (columns - (n - lengths[:, None])).clamp_min(-1)
    return columns.where(columns < lengths[:, None], -1)


def check_lengths(lengths: Tensor, n: int) -> None:
    """Raise `ValueError` for lengths that are known to be negative or above `n`."""
    if lengths.numel() and known(lambda x: ((x < 0) | (x > n)).any(), lengths):
        shortest, longest = map(int, lengths.aminmax())
        raise ValueError(
            f"lengths range from {shortest} to {longest}; they must be between 0 and the number of "
            f"keys, which is {n}"
        )


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
    return sinusoids(torch.arange(n, device=device), d, dtype or torch.get_default_dtype())


def sinusoids(
    positions: Int[Tensor, "*batch seq"], d: int, dtype: torch.dtype
) -> Float[Tensor, "*batch seq d"]:
    """Return the rows of `sinusoidal_positions` for any positions."""
    angles = positions[..., None] * frequencies(d, 10_000.0, device=positions.device)
    columns = torch.stack([angles.sin(), angles.cos()], -1)  # (... seq d/2 2)
    return columns.flatten(-2).to(dtype)


class LearnedPositions(nn.Module):
    """A table with a learned vector for each position (GPT-2), after `unused` rows (OPT)."""

    def __init__(self, n: int, d: int, *, unused: int = 0) -> None:
        super().__init__()
        self.table = Embedding(unused + n, d)
        self.unused = unused

    def forward(self, positions: Int[Tensor, "*batch seq"]) -> Float[Tensor, "*batch seq d"]:
        """Look up each position.

        Raises `ValueError`, as far as values are known to the CPU, for a position beyond the end of
        the table.
        """
        n = len(self.table.weight) - self.unused
        message = "the sequence reaches position {wrong}, but the table of positions ends at {last}"
        check_range(positions, n, f"{message} (context_length is {n})", error=ValueError)
        embedded: Tensor = self.table(positions + self.unused)
        return embedded


def by_head(positions: Int[Tensor, "*batch seq"]) -> Int[Tensor, "... seq"]:
    """Return positions for vectors (batch heads seq d), where padding is at position 0."""
    positions = positions.clamp_min(0)
    return positions if positions.ndim == 1 else positions[:, None]


class Rotation(NamedTuple):
    """The cosines and sines of the angles by which pairs of dimensions are rotated, scaled."""

    cosines: Float[Tensor, "... seq half"]
    sines: Float[Tensor, "... seq half"]


class Rotary(nn.Module):
    """Rotates queries and keys by angles proportional to their position (Su et al. 2021).

    Dimensions 0 and 1 of a head are the coordinates of a point, 2 and 3 those of the next, and so
    on; each point rotates at its own frequency. The score of a query and a key then depends on the
    distance between them, not on their absolute positions. Only the first `dim` dimensions are
    rotated. `scaling` changes the frequencies, for sequences longer than those in training.
    """

    def __init__(
        self, dim: int, *, theta: float = 10_000.0, scaling: RopeScaling | None = None
    ) -> None:
        super().__init__()
        self.dim = dim
        self.theta = theta
        self.scaling = scaling
        frequencies(dim, theta)  # raises for an odd dim

    def at(self, positions: Int[Tensor, ...], dtype: torch.dtype) -> Rotation:
        """Return the rotation at each position, which all layers of a model can share.

        Raises `ValueError` for positions that are known to be negative.
        """
        if positions.numel() and known(lambda x: (x < 0).any(), positions):
            raise ValueError(
                f"positions contain {int(positions.min())}; a position must be 0 or more"
            )
        speeds = scaled_frequencies(self.dim, self.theta, self.scaling, positions)
        angles = positions[..., None] * speeds
        factor = 1.0 if self.scaling is None else self.scaling.score_factor
        return Rotation((angles.cos() * factor).to(dtype), (angles.sin() * factor).to(dtype))

    def forward(
        self, x: Float[Tensor, "*batch seq d"], positions: Int[Tensor, ...] | Rotation
    ) -> Float[Tensor, "*batch seq d"]:
        """Rotate the vector at each position.

        `positions`, or the rotation at them, have shape (seq,), or broadcast to all dimensions of
        `x` but the last.

        Raises `ValueError` for vectors narrower than `dim`, positions of another shape, and
        negative positions.
        """
        if x.shape[-1] < self.dim:
            raise ValueError(
                f"the vectors have {x.shape[-1]} dimensions, but {self.dim} are to be rotated"
            )
        rotation = positions if isinstance(positions, Rotation) else self.at(positions, x.dtype)
        _check_positions(rotation.cosines.shape[:-1], x.shape[:-1])
        cosines, sines = (table.to(x.dtype) for table in rotation)
        first, second = x[..., : self.dim].unflatten(-1, (-1, 2)).unbind(-1)
        rotated = torch.stack(
            [first * cosines - second * sines, first * sines + second * cosines], -1
        ).flatten(-2)
        if x.shape[-1] == self.dim:
            return rotated
        return torch.cat([rotated, x[..., self.dim :]], -1)


def _check_positions(given: torch.Size, shape: torch.Size) -> None:
    """Raise `ValueError` for positions whose shape does not broadcast to `shape`."""
    has_own_rows = len(given) == len(shape) and all(
        n in (1, full) for n, full in zip(given, shape, strict=True)
    )
    if given[-1:] == shape[-1:] and (len(given) == 1 or has_own_rows):
        return
    raise ValueError(
        f"positions have shape {tuple(given)}; for vectors of shape ({', '.join(map(str, shape))}, "
        f"d) their shape must be ({shape[-1]},) or broadcast to {tuple(shape)}"
    )


def alibi_slopes(n_heads: int) -> Float[Tensor, " heads"]:
    """Return how fast the scores of each head fall with the distance (Press et al. 2022).

    A geometric sequence that ends at 2^-8. If the number of heads is not a power of 2, the next
    lower power n gets its own sequence, and the other heads every second slope of that for 2n.

    >>> alibi_slopes(2), alibi_slopes(3)
    (tensor([0.0625, 0.0039]), tensor([0.0625, 0.0039, 0.2500]))
    """
    power = 1 << (n_heads.bit_length() - 1)
    slopes = [2 ** (-8 * (i + 1) / power) for i in range(power)]
    slopes += [2 ** (-8 * (2 * i + 1) / (2 * power)) for i in range(n_heads - power)]
    return torch.tensor(slopes)
