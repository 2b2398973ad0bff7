"""Scaled dot-product attention: each query takes a weighted mean of the values."""

from __future__ import annotations

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core.model.norms import upcast


def softmax(x: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*shape"]:
    """Turn scores into weights that sum to 1 along one dimension.

    The largest score is subtracted first, so that no exponential overflows. Where all scores are
    minus infinity, all weights are 0.

    >>> softmax(torch.tensor([0.0, math.log(3)]))
    tensor([0.2500, 0.7500])
    >>> softmax(torch.tensor([1000.0, 1000.0, -math.inf]))
    tensor([0.5000, 0.5000, 0.0000])
    """
    if not x.shape[dim]:
        return x  # amax needs at least one score
    weights: Tensor = Softmax.apply(x, dim)  # type: ignore[no-untyped-call]
    return weights


class Softmax(torch.autograd.Function):
    """The softmax with a hand-written backward pass, which saves only the output.

    Autograd would save a tensor as large as the scores for every line of the forward pass. The
    backward pass consists of differentiable operations, so autograd and torch.func can
    differentiate it again; forward-mode differentiation is not supported.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, dim: int) -> Tensor:
        """Compute the weights in a single new tensor."""
        highest = x.amax(dim, keepdim=True).clamp_min(torch.finfo(x.dtype).min)
        weights = exp_(x - highest)
        # The largest score contributes 1: the sum is below 1 only if all scores are minus infinity.
        weights /= weights.sum(dim, keepdim=True).clamp_min(1)
        return weights

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        """Save the output for the backward pass."""
        ctx.save_for_backward(output)
        ctx.dim = inputs[1]

    @staticmethod
    def backward(ctx: Any, d_weights: Tensor) -> tuple[Tensor, None]:
        """Subtract from each gradient the weighted mean of its row: w (d - sum of w d)."""
        (weights,) = ctx.saved_tensors
        weighted = weights * d_weights
        mean = weighted.sum(ctx.dim, keepdim=True)
        return torch.addcmul(weighted, weights, mean, value=-1), None


def exp_(x: Tensor) -> Tensor:
    """Replace x by e^x = 2^(x / log 2), and return it.

    On x86 the exponential of PyTorch takes 10 to 30 times as long for what a mask hides, minus
    infinity, and for results that underflow; powers of 2 take the same time for every number.
    """
    return x.mul_(1 / math.log(2)).exp2_()


def scaled_dot_product_attention(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    mask: Tensor | None = None,
    *,
    scale: float | None = None,
    cap: float | None = None,
    bias: Float[Tensor, ...] | None = None,
    sinks: Float[Tensor, ...] | None = None,
) -> Float[Tensor, "*batch queries d_v"]:
    """Return softmax(Q K^T / sqrt(d) + M) V (Vaswani et al. 2017, equation 1).

    `mask` is true where a query may attend to a key and broadcasts to the shape of the scores,
    (... queries keys). A query that may attend to nothing gets zeros. Scores and weights are
    computed in 32 bits or more. Hidden keys and values must be finite, as for PyTorch's own: a
    weight of 0 times NaN is NaN.

    Args:
        query: the queries.
        key: the keys.
        value: the values.
        mask: which keys each query may attend to.
        scale: replaces 1 / sqrt(d).
        cap: the limit of the scores, which become cap tanh(score / cap) (Gemma 2).
        bias: is added to the scores, such as the distances of ALiBi.
        sinks: scores of keys without a value, (... queries 1), which only take part in the softmax
            (gpt-oss): a query need not attend to anything.

    Raises:
        TypeError: for a mask that is not boolean.
        ValueError: for a mask that does not broadcast to the scores.

    """
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = (upcast(query) * scale) @ upcast(key).mT  # (... queries keys)
    if cap is not None:
        scores = cap * torch.tanh(scores / cap)
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        check_mask(mask, scores.shape)
        # M is often smaller than the scores, and autograd saves nothing for an addition.
        scores += scores.new_zeros(mask.shape).masked_fill_(~mask, -math.inf)
    if sinks is not None:
        columns = upcast(sinks).expand(*scores.shape[:-1], 1)
        weights = softmax(torch.cat([scores, columns], -1))[..., :-1]
    else:
        weights = softmax(scores)
    return (weights @ upcast(value)).to(value.dtype)


def check_mask(mask: Tensor, shape: torch.Size) -> None:
    """Raise `TypeError` or `ValueError` for a mask that does not broadcast to `shape`."""
    if mask.dtype != torch.bool:
        raise TypeError(
            f"the mask has dtype {mask.dtype}; it must be torch.bool, true where a query may attend"
        )
    fits = mask.ndim <= len(shape) and all(
        size in (1, full) for size, full in zip(mask.shape[::-1], shape[::-1], strict=False)
    )
    if not fits:
        raise ValueError(
            f"the mask has shape {tuple(mask.shape)}, which does not broadcast to the shape of the "
            f"scores, {tuple(shape)}"
        )
