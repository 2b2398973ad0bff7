"""Linear attention: explicit weights, the parallel form and the recurrent form are equal."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cs336_core.model.linear_attention import (
    feature_map,
    linear_attention,
    linear_attention_recurrent,
)
from cs336_core.model.masks import causal_mask

EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}


def inputs(n: int = 9, batch: tuple[int, ...] = (2, 3), d: int = 4) -> list[Tensor]:
    torch.manual_seed(0)
    widths = (d, d, d + 1)
    return [torch.randn(*batch, n, w, dtype=torch.float64, requires_grad=True) * 3 for w in widths]


def by_its_weights(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Compute every weight, as attention with another similarity (equation 3)."""
    features, keys = functional.elu(query) + 1, functional.elu(key) + 1
    weights = (features @ keys.mT) * mask
    return weights / weights.sum(-1, keepdim=True) @ value


def test_the_feature_map_is_elu_plus_one() -> None:
    x = torch.linspace(-800, 800, 801, dtype=torch.float64)
    torch.testing.assert_close(feature_map(x), functional.elu(x) + 1, **EXACT)


@pytest.mark.parametrize("batch", [(), (2, 3)])
@pytest.mark.parametrize("causal", [False, True])
def test_it_is_the_weighted_mean_of_the_values(causal: bool, batch: tuple[int, ...]) -> None:
    given = inputs(batch=batch)
    mask = causal_mask(9) if causal else torch.ones(9, 9)
    ours = linear_attention(*given, causal=causal)
    theirs = by_its_weights(*given, mask)
    torch.testing.assert_close(ours, theirs, **EXACT)
    torch.testing.assert_close(
        torch.autograd.grad(ours.sum(), given), torch.autograd.grad(theirs.sum(), given), **EXACT
    )


def test_non_causal_attention_may_have_more_keys_than_queries() -> None:
    query, key, value = inputs()
    some = linear_attention(query[..., :4, :], key, value)
    torch.testing.assert_close(some, linear_attention(query, key, value)[..., :4, :], **EXACT)
    with pytest.raises(ValueError, match="there are 4 queries and 9 keys"):
        linear_attention(query[..., :4, :], key, value, causal=True)


@pytest.mark.parametrize("steps", [[9], [1] * 9, [4, 5]])
def test_the_recurrent_form_equals_the_parallel_one(steps: list[int]) -> None:
    given = inputs()
    state, read = None, []
    for part in zip(*(x.split(steps, -2) for x in given), strict=True):
        out, state = linear_attention_recurrent(*part, state)
        read.append(out)
    torch.testing.assert_close(torch.cat(read, -2), linear_attention(*given, causal=True), **EXACT)
    assert state is not None
    assert state.products.shape == (2, 3, 4, 5)  # as large after one token as after nine


def test_gradients_equal_finite_differences() -> None:
    given = inputs(4, ())
    assert torch.autograd.gradcheck(lambda *x: linear_attention(*x, causal=True), given)
    assert torch.autograd.gradcheck(lambda *x: linear_attention_recurrent(*x)[0], given)


def test_vanishing_features_give_zeros() -> None:
    far = torch.full((3, 4), -1000.0)
    assert linear_attention(far, far, torch.ones(3, 4)).eq(0).all()


@pytest.mark.parametrize("causal", [False, True])
def test_large_inputs_in_half_precision_stay_finite(causal: bool) -> None:
    query, key, value = (30 * torch.randn(2, 64, 8) for _ in range(3))
    exact = linear_attention(query, key, value, causal=causal)
    half = [x.half() for x in (query, key, value)]
    ours = linear_attention(*half, causal=causal)
    assert ours.dtype == torch.float16
    torch.testing.assert_close(ours.float(), exact, rtol=0.02, atol=0.1)
    if causal:
        by_token, state = linear_attention_recurrent(*half)
        torch.testing.assert_close(by_token, ours, rtol=2e-3, atol=0.05)
        assert state.products.isfinite().all()
