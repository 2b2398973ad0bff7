"""Normalization layers: each vector is rescaled to a standard size."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cs336_core.model.config import Norm, NormGain


class LayerNorm(nn.Module):
    """Zero mean and unit variance, then a learned gain and bias per dimension (Ba et al. 2016).

    Computed in 32 bits or more, so that squares do not overflow in half precision. `gain` is what
    the result is multiplied by: a weight, 1 + weight, or nothing (then there is no bias either).
    """

    def __init__(
        self, *shape: int, eps: float = 1e-5, bias: bool = True, gain: NormGain = "weight"
    ) -> None:
        super().__init__()
        self.eps = eps
        self.gain = gain
        self.weight = gain_weight(shape, gain)
        self.bias = nn.Parameter(torch.zeros(shape)) if bias and gain != "none" else None

    def forward(self, x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """Normalize each vector."""
        wide = upcast(x)
        centered = wide - wide.mean(-1, keepdim=True)
        variance = centered.square().mean(-1, keepdim=True)
        y = amplify(centered * torch.rsqrt(variance + self.eps), x.dtype, self.weight, self.gain)
        return y if self.bias is None else (y + self.bias).to(x.dtype)


class RMSNorm(nn.Module):
    """Unit root mean square, then a learned gain per dimension (Zhang and Sennrich 2019).

    Computed in 32 bits or more. `gain` is as in `LayerNorm`. With two dimensions, (heads d), each
    head has a weight of its own.
    """

    def __init__(self, *shape: int, eps: float = 1e-5, gain: NormGain = "weight") -> None:
        super().__init__()
        self.eps = eps
        self.gain = gain
        self.weight = gain_weight(shape, gain)

    def forward(self, x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """Normalize each vector."""
        wide = upcast(x)
        mean_square = wide.square().mean(-1, keepdim=True)
        return amplify(wide * torch.rsqrt(mean_square + self.eps), x.dtype, self.weight, self.gain)


def build_norm(
    kind: Norm, *shape: int, eps: float = 1e-5, bias: bool = False, gain: NormGain = "weight"
) -> nn.Module:
    """Build a norm by name; an RMSNorm has no bias."""
    if kind == "layernorm":
        return LayerNorm(*shape, eps=eps, bias=bias, gain=gain)
    return RMSNorm(*shape, eps=eps, gain=gain)


def gain_weight(shape: tuple[int, ...], gain: NormGain) -> nn.Parameter | None:
    """Return the weight of a norm, with which it multiplies by 1 before training."""
    if gain == "none":
        return None
    return nn.Parameter(torch.ones(shape) if gain == "weight" else torch.zeros(shape))


def amplify(y: Tensor, dtype: torch.dtype, weight: Tensor | None, gain: NormGain) -> Tensor:
    """Multiply by the gain, and convert to `dtype`, even if the weight has another one.

    As in the published models, a plain weight multiplies after rounding to `dtype`. The sum of 1 +
    weight would itself lose digits there, so it multiplies before rounding.
    """
    if weight is None:
        return y.to(dtype)
    if gain == "1 + weight":
        return (y * (1 + upcast(weight))).to(dtype)
    return (y.to(dtype) * weight).to(dtype)


def upcast(x: Tensor) -> Tensor:
    """Convert half precision to 32 bits, and return anything else unchanged."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
