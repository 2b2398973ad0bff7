"""Attention one step per line: to read, to trace, and as a reference in tests.

`cs336_core.model.attention` computes the same with a softmax that saves less for the backward pass,
in 32 bits where its inputs have 16, and returns zeros for a query that may attend to nothing.
"""

from __future__ import annotations

import math

from jaxtyping import Float
from torch import Tensor


def plain_attention(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    mask: Tensor | None = None,
) -> Float[Tensor, "*batch queries d_v"]:
    """Return softmax(Q K^T / sqrt(d) + M) V (Vaswani et al. 2017, equation 1).

    `mask` is true where a query may attend to a key; each query needs at least one.

    >>> import torch
    >>> plain_attention(torch.zeros(1, 4), torch.ones(2, 4), torch.tensor([[1.0], [3.0]]))
    tensor([[2.]])
    """
    scores = query @ key.mT / math.sqrt(query.shape[-1])  # (... queries keys)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    highest = scores.amax(-1, keepdim=True)
    exponentials = (scores - highest).exp()  # at most 1, so nothing overflows
    row_sums = exponentials.sum(-1, keepdim=True)
    weights = exponentials / row_sums
    return weights @ value
