"""Norms: each vector is brought to a standard size, whatever came before."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cs336_core.model.config import Norm


class LayerNorm(nn.Module):
    """Zero mean, variance one, then a learned gain and bias for each place (Ba et al. 2016).

    Computed in 32 bits or more, so that the squares of half precision do not overflow.
    """

    def __init__(self, d: int, *, eps: float = 1e-5, bias: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d)) if bias else None

    def forward(self, x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """Normalize each vector."""
        wide = widened(x)
        centered = wide - wide.mean(-1, keepdim=True)
        variance = centered.square().mean(-1, keepdim=True)
        y = (centered * torch.rsqrt(variance + self.eps)).to(x.dtype) * self.weight
        return y if self.bias is None else y + self.bias


class RMSNorm(nn.Module):
    """Root mean square one, then a learned gain for each place (Zhang and Sennrich 2019).

    Computed in 32 bits or more.
    """

    def __init__(self, d: int, *, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """Normalize each vector."""
        wide = widened(x)
        mean_square = wide.square().mean(-1, keepdim=True)
        return (wide * torch.rsqrt(mean_square + self.eps)).to(x.dtype) * self.weight


def make_norm(kind: Norm, d: int, *, eps: float = 1e-5, bias: bool = False) -> nn.Module:
    """Return the norm of that name; an RMSNorm has no bias."""
    return LayerNorm(d, eps=eps, bias=bias) if kind == "layernorm" else RMSNorm(d, eps=eps)


def widened(x: Tensor) -> Tensor:
    """Return half precision as 32 bits, and all else as it is."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
