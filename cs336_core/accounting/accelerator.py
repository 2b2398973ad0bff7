"""How long a computation takes at least: what it computes, or what it reads, whichever is slower.

The roofline model of Williams et al. (2009, "Roofline: An Insightful Visual Performance Model for
Multicore Architectures"), for a pass through all the weights of a model.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core.accounting.plain import forward_flops


@dataclass(frozen=True)
class Accelerator:
    """A chip by its three large numbers, as its maker gives them.

    Attributes:
        name: what it is called.
        flops_per_second: dense matrix products in 16 bits.
        bytes_per_second: between its large memory and where it computes.
        memory_bytes: the size of its large memory.

    """

    name: str
    flops_per_second: float
    bytes_per_second: float
    memory_bytes: float

    @property
    def ridge_point(self) -> float:
        """FLOPs that can be made in the time that one byte takes to be read."""
        return self.flops_per_second / self.bytes_per_second


H100 = Accelerator("H100 SXM", 989e12, 3.35e12, 80e9)


def forward_seconds(
    params: float, n_tokens: float, accelerator: Accelerator, *, bytes_per_param: float = 2
) -> float:
    """Return the least time of a forward pass of `n_tokens` tokens at once.

    Each token takes 2 FLOPs a parameter; the weights are read once, for all tokens together. What
    attention reads of earlier tokens is left out. Raises `ValueError` where nothing is computed.

    >>> one, many = forward_seconds(13e9, 1, H100), forward_seconds(13e9, 256, H100)
    >>> one == many
    True
    """
    if params <= 0 or n_tokens <= 0:
        raise ValueError(f"{params:g} parameters and {n_tokens:g} tokens: both must be more than 0")
    computing = forward_flops(params, n_tokens) / accelerator.flops_per_second
    reading = bytes_per_param * params / accelerator.bytes_per_second
    return max(computing, reading)
