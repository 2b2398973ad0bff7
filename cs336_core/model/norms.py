"""Normalization layers: each vector is rescaled to a standard size."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cs336_core.model.config import Norm


class LayerNorm(nn.Module):
    """Zero mean and unit variance, then a learned gain and bias per dimension (Ba et al. 2016).

    Computed in 32 bits or more, so that squares do not overflow in half precision.
    """

    def __init__(self, d: int, *, eps: float = 1e-5, bias: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d)) if bias else None

    def forward(self, x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """Normalize each vector."""
        wide = upcast(x)
        centered = wide - wide.mean(-1, keepdim=True)
        variance = centered.square().mean(-1, keepdim=True)
        y = (centered * torch.rsqrt(variance + self.eps)).to(x.dtype) * self.weight
        return y if self.bias is None else y + self.bias


class RMSNorm(nn.Module):
    """Unit root mean square, then a learned gain per dimension (Zhang and Sennrich 2019).

    Computed in 32 bits or more.
    """

    def __init__(self, d: int, *, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """Normalize each vector."""
        wide = upcast(x)
        mean_square = wide.square().mean(-1, keepdim=True)
        return (wide * torch.rsqrt(mean_square + self.eps)).to(x.dtype) * self.weight


def build_norm(kind: Norm, d: int, *, eps: float = 1e-5, bias: bool = False) -> nn.Module:
    """Build a norm by name; an RMSNorm has no bias."""
    return LayerNorm(d, eps=eps, bias=bias) if kind == "layernorm" else RMSNorm(d, eps=eps)


def upcast(x: Tensor) -> Tensor:
    """Convert half precision to 32 bits, and return anything else unchanged."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
