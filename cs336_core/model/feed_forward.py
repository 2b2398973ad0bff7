"""The feed-forward layer: two matrices, or three with a gate, applied to each token by itself."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cs336_core.model.config import GATED, Activation
from cs336_core.model.layers import Linear
from cs336_core.model.norms import upcast


def relu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Return max(x, 0)."""
    return x.clamp_min(0)


def gelu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Return x times the standard normal CDF of x (Hendrycks and Gimpel 2016)."""
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def gelu_tanh(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Approximate `gelu` with tanh, as GPT-2 does (Hendrycks and Gimpel 2016, section 2).

    Computed in 32 bits or more, since cubes overflow in half precision.
    """
    wide = upcast(x)
    cdf = 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide**3)))
    return (wide * cdf).to(x.dtype)


def quick_gelu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Approximate `gelu` with a sigmoid (Hendrycks and Gimpel 2016, section 2)."""
    return x * torch.sigmoid(1.702 * x)


def relu_squared(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Return the square of max(x, 0) (So et al. 2021)."""
    return relu(x).square()


def silu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Return x times its logistic sigmoid; also called swish."""
    return x * torch.sigmoid(x)


_FUNCTIONS = {
    "relu": relu,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "quick_gelu": quick_gelu,
    "relu_squared": relu_squared,
    "silu": silu,
    "reglu": relu,
    "swiglu": silu,
    "geglu": gelu,
    "geglu_tanh": gelu_tanh,
}


class FeedForward(nn.Module):
    """An MLP of two matrices, or of three where the activation is gated (Shazeer 2020).

    >>> FeedForward(8, 32, activation="swiglu")(torch.zeros(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(
        self, d_model: int, d_ff: int, *, activation: Activation = "swiglu", bias: bool = False
    ) -> None:
        super().__init__()
        self.function = _FUNCTIONS[activation]
        self.gate = Linear(d_model, d_ff, bias=bias) if activation in GATED else None
        self.up = Linear(d_model, d_ff, bias=bias)
        self.down = Linear(d_ff, d_model, bias=bias)

    def forward(self, x: Float[Tensor, "... d_model"]) -> Float[Tensor, "... d_model"]:
        """Project up, apply the activation, and project down."""
        if self.gate is None:
            hidden = self.function(self.up(x))
        else:
            hidden = self.function(self.gate(x)) * self.up(x)
        out: Tensor = self.down(hidden)
        return out
