"""Linear attention: without the softmax, all earlier tokens are summarized in a single matrix.

An attention weight is the dot product of feature vectors of query and key, so keys and values can
be summed before there is a query: sum over j of (phi(q) . phi(k_j)) v_j = phi(q) (sum of phi(k_j)
v_j^T). The cost grows linearly with the length of the sequence, not with its square.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core.model.norms import upcast


class LinearState(NamedTuple):
    """The recurrent state: two sums over the tokens so far.

    Attributes:
        products: outer products of each key's features and its value.
        features: of the keys, for the normalization.

    """

    products: Float[Tensor, "*batch d d_v"]
    features: Float[Tensor, "*batch d"]


def feature_map(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Return elu(x) + 1: x + 1 above zero and exp(x) below, so that no weight is negative.

    >>> feature_map(torch.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3679, 1.0000, 3.0000])
    """
    return x.clamp_min(0) + x.clamp_max(0).exp()


def linear_attention(
    query: Float[Tensor, "*batch queries d"],
    key: Float[Tensor, "*batch keys d"],
    value: Float[Tensor, "*batch keys d_v"],
    *,
    causal: bool = False,
) -> Float[Tensor, "*batch queries d_v"]:
    """Return the mean of the values, weighted by phi(q) . phi(k).

    Katharopoulos et al. (2020), equations 4 to 9. The causal form computes all running sums at
    once: it is parallel over the sequence, but stores a matrix (d d_v) for each token, which their
    implementation avoids. Sums are computed in 32 bits or more.

    Raises `ValueError` if it is causal and the numbers of queries and keys differ.

    """
    features, keys, wide = feature_map(upcast(query)), feature_map(upcast(key)), upcast(value)
    if not causal:
        return _read(features, LinearState(keys.mT @ wide, keys.sum(-2))).to(value.dtype)
    if query.shape[-2] != key.shape[-2]:
        raise ValueError(
            f"there are {query.shape[-2]} queries and {key.shape[-2]} keys; causal linear "
            "attention needs equally many"
        )
    products = keys[..., :, None] * wide[..., None, :]  # (... keys d d_v)
    states = LinearState(products.cumsum(-3), keys.cumsum(-2))
    return _read(features[..., None, :], states).squeeze(-2).to(value.dtype)


def linear_attention_recurrent(
    query: Float[Tensor, "*batch seq d"],
    key: Float[Tensor, "*batch seq d"],
    value: Float[Tensor, "*batch seq d_v"],
    state: LinearState | None = None,
) -> tuple[Float[Tensor, "*batch seq d_v"], LinearState]:
    """Compute causal linear attention token by token; return the output and the final state.

    `state` comes from earlier tokens. Its size is constant: there is no KV cache.
    """
    if state is None:
        *batch, _, d = key.shape
        zeros = upcast(value).new_zeros(*batch, d, value.shape[-1])
        state = LinearState(zeros, zeros.new_zeros(*batch, d))
    outputs = []
    tokens = (upcast(x).unbind(-2) for x in (query, key, value))
    for q, k, v in zip(*tokens, strict=True):
        features = feature_map(k)
        state = LinearState(
            state.products + features[..., :, None] * v[..., None, :], state.features + features
        )
        outputs.append(_read(feature_map(q)[..., None, :], state))
    return torch.cat(outputs, -2).to(value.dtype), state


def _read(features: Tensor, state: LinearState) -> Tensor:
    """Return the output for queries with these features, (... queries d)."""
    total = features @ state.features[..., :, None]  # (... queries 1)
    return features @ state.products / total.clamp_min(torch.finfo(total.dtype).tiny)
