"""Scaled dot-product attention: each query takes a mean of the values, weighed by their keys."""

from __future__ import annotations

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core.model.norms import widened


def softmax(x: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*shape"]:
    """Turn scores into shares that add up to 1, along one dimension.

    The largest score is taken off first, so that none is too large for its exponential. Where all
    scores are minus infinity there is nothing to share: all shares are 0.

    >>> softmax(torch.tensor([0.0, math.log(3)]))
    tensor([0.2500, 0.7500])
    >>> softmax(torch.tensor([1000.0, 1000.0, -math.inf]))
    tensor([0.5000, 0.5000, 0.0000])
    """
    if not x.shape[dim]:
        return x  # of no scores there is no largest
    shares: Tensor = Softmax.apply(x, dim)  # type: ignore[no-untyped-call]
    return shares


class Softmax(torch.autograd.Function):
    """The softmax with its gradient written out, which needs nothing but the shares.

    Left to autograd, each line would keep a tensor as large as the scores, and pass over it again.
    The gradient is made of operations that have gradients, so it can be differentiated again, by
    autograd and by torch.func; forward-mode differentiation is not there.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, dim: int) -> Tensor:
        """Compute the shares in place, once there is a tensor to do it in."""
        highest = x.amax(dim, keepdim=True).clamp_min(torch.finfo(x.dtype).min)
        shares = (x - highest).exp_()
        # The largest score adds 1, so the sum is less only where all scores are minus infinity.
        shares /= shares.sum(dim, keepdim=True).clamp_min(1)
        return shares

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        """Keep what the gradient needs."""
        ctx.save_for_backward(output)
        ctx.dim = inputs[1]

    @staticmethod
    def backward(ctx: Any, d_shares: Tensor) -> tuple[Tensor, None]:
        """Take off each gradient the mean of its row, weighed by the shares: s (d - sum of s d)."""
        (shares,) = ctx.saved_tensors
        weighed = shares * d_shares
        mean = weighed.sum(ctx.dim, keepdim=True)
        return torch.addcmul(weighed, shares, mean, value=-1), None


def scaled_dot_product_attention(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    mask: Tensor | None = None,
    *,
    scale: float | None = None,
) -> Float[Tensor, "*batch queries d_v"]:
    """Return softmax(Q K^T / sqrt(d) + M) V (Vaswani et al. 2017, equation 1).

    `mask` is true where a query may attend to a key; its shape is that of the scores, (... queries
    keys), or broadcasts to it. A query that may attend to nothing gets zeros. `scale` takes the
    place of 1 / sqrt(d). Scores and shares are computed in 32 bits or more.

    Raises:
        TypeError: for a mask that is not boolean.
        ValueError: for a mask whose shape does not fit.

    """
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = (widened(query) * scale) @ widened(key).mT  # (... queries keys)
    if mask is not None:
        check_mask(mask, scores.shape)
        # M is added in place: it is often smaller than the scores, and a sum keeps nothing.
        scores += scores.new_zeros(mask.shape).masked_fill_(~mask, -math.inf)
    return (softmax(scores) @ widened(value)).to(value.dtype)


def check_mask(mask: Tensor, shape: torch.Size) -> None:
    """Raise `TypeError` or `ValueError` for a mask that cannot be laid over scores of a shape."""
    if mask.dtype != torch.bool:
        raise TypeError(
            f"the mask has dtype {mask.dtype}; it must be torch.bool, true where a query may attend"
        )
    short = mask.ndim > len(shape)
    fits = all(
        size in (1, wanted) for size, wanted in zip(mask.shape[::-1], shape[::-1], strict=False)
    )
    if short or not fits:
        raise ValueError(
            f"the mask has shape {tuple(mask.shape)}, which does not broadcast to that of the "
            f"scores, {tuple(shape)}"
        )
