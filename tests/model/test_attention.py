"""Scaled dot-product attention against PyTorch's, and its mathematical properties."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from cs336_core.model.attention import scaled_dot_product_attention, softmax
from cs336_core.model.masks import causal_mask, padding_mask
from tests.model.peers import close, normal

FINITE = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=6)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_softmax_equals_torch(dim: int) -> None:
    for scale in (1e-3, 1, 1e3):
        x = scale * normal(3, 4, 5)
        close(softmax(x, dim), functional.softmax(x, dim))


def test_attention_without_keys_gives_zeros() -> None:
    y = scaled_dot_product_attention(normal(3, 4), normal(0, 4), normal(0, 2))
    assert y.equal(torch.zeros(3, 2, dtype=torch.float64))
    assert softmax(normal(2, 0), 0).shape == (2, 0)


@given(FINITE)
def test_weights_sum_to_one(scores: list[float]) -> None:
    weights = softmax(torch.tensor(scores, dtype=torch.float64))
    assert weights.sum().item() == pytest.approx(1, rel=1e-12)
    assert (weights >= 0).all()


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-1e3, 1e3))
def test_softmax_is_invariant_to_a_shift(scores: list[float], shift: float) -> None:
    x = torch.tensor(scores, dtype=torch.float64)
    # The shift rounds the scores themselves, by 1e-13 at most.
    torch.testing.assert_close(softmax(x + shift), softmax(x), rtol=1e-11, atol=1e-14)


def test_gradients_of_softmax() -> None:
    x = normal(3, 4, requires_grad=True)
    assert torch.autograd.gradcheck(softmax, x)
    assert torch.autograd.gradgradcheck(softmax, x)


def test_softmax_works_with_torch_func() -> None:
    x = normal(2, 3, 4)
    torch.testing.assert_close(torch.func.vmap(lambda row: softmax(row, 0))(x), softmax(x, 1))
    of_ours, of_torch = (
        torch.func.jacrev(lambda x, f=f: f(x, -1).square().sum())(x)
        for f in (softmax, torch.softmax)
    )
    torch.testing.assert_close(of_ours, of_torch)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_a_row_of_minus_infinity_has_zero_weights(dtype: torch.dtype) -> None:
    x = torch.tensor([[-math.inf] * 2, [0, -math.inf]], dtype=dtype, requires_grad=True)
    weights = softmax(x)
    assert weights.tolist() == [[0, 0], [1, 0]]
    (1e4 * weights).sum().backward()
    assert x.grad is not None
    assert not x.grad.any()


def masks() -> list[Tensor | None]:
    causal = causal_mask(4, 5)
    return [None, causal, padding_mask(torch.tensor([3, 5]), 5), torch.rand(2, 3, 4, 5) < 0.7]


@pytest.mark.parametrize("which", range(4))
def test_attention_equals_torch(which: int) -> None:
    mask = masks()[which]
    if mask is not None:
        mask = mask | (torch.arange(5) == 0)  # in PyTorch, a fully masked row is undefined
    query, key, value = normal(2, 3, 4, 6), normal(2, 3, 5, 6), normal(2, 3, 5, 7)
    theirs = functional.scaled_dot_product_attention(query, key, value, mask)
    close(scaled_dot_product_attention(query, key, value, mask), theirs)
    theirs = functional.scaled_dot_product_attention(query, key, value, mask, scale=0.3)
    close(scaled_dot_product_attention(query, key, value, mask, scale=0.3), theirs)


@pytest.mark.parametrize("leading", [(), (2,), (2, 1, 3)])
def test_leading_dimensions_are_independent(leading: tuple[int, ...]) -> None:
    query, key, value = normal(*leading, 3, 4), normal(*leading, 5, 4), normal(*leading, 5, 2)
    ours = scaled_dot_product_attention(query, key, value, causal_mask(3, 5))
    assert ours.shape == (*leading, 3, 2)
    close(ours, functional.scaled_dot_product_attention(query, key, value, causal_mask(3, 5)))


@pytest.mark.parametrize("which", range(4))
def test_gradients_of_attention(which: int) -> None:
    mask = masks()[which]
    inputs = [normal(2, 3, 4, 2), normal(2, 3, 5, 2), normal(2, 3, 5, 3)]
    if mask is not None and mask.shape == (2, 3, 4, 5):
        mask[..., 1, :] = False  # a row with nothing to attend to has a gradient, too
    for x in inputs:
        x.requires_grad_()
    attention = lambda *qkv: scaled_dot_product_attention(*qkv, mask)  # noqa: E731
    assert torch.autograd.gradcheck(attention, inputs)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_a_query_that_may_attend_to_nothing_gets_zeros(dtype: torch.dtype) -> None:
    inputs = [torch.randn(2, 3, 4, dtype=dtype, requires_grad=True) for _ in range(3)]
    mask = torch.tensor([[True, False, True], [False] * 3, [True] * 3])
    y = scaled_dot_product_attention(*inputs, mask)
    assert not y[:, 1].any()
    assert y[:, [0, 2]].abs().sum() > 0
    (1e3 * y).sum().backward()
    for x in inputs:
        assert x.grad is not None
        assert x.grad.isfinite().all()
    assert inputs[0].grad is not None
    assert not inputs[0].grad[:, 1].any()


@given(st.integers(1, 5), st.integers(0, 4))
def test_masked_keys_have_no_effect(visible: int, hidden: int) -> None:
    query, key, value = normal(3, 4), normal(visible + hidden, 4), normal(visible + hidden, 4)
    seen = torch.randperm(visible + hidden)[:visible]
    mask = torch.zeros(visible + hidden, dtype=torch.bool)
    mask[seen] = True
    whole = scaled_dot_product_attention(query, key, value, mask)
    close(whole, scaled_dot_product_attention(query, key[seen], value[seen]))


@pytest.mark.parametrize("hidden", [torch.nan, torch.inf])
def test_numbers_that_are_not_finite_come_through_the_mask(hidden: float) -> None:
    """As in PyTorch: a weight of 0 times NaN is NaN."""
    query, key, value = (normal(3, 4) for _ in range(3))
    value[2] = hidden
    mask = causal_mask(3)
    for attention in (scaled_dot_product_attention, functional.scaled_dot_product_attention):
        assert attention(query, key, value, mask)[:2].isnan().all()


@given(st.permutations(range(5)))
def test_attention_is_invariant_to_the_order_of_keys(order: list[int]) -> None:
    query, key, value = normal(3, 4), normal(5, 4), normal(5, 4)
    close(
        scaled_dot_product_attention(query, key[order], value[order]),
        scaled_dot_product_attention(query, key, value),
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_scores_beyond_half_precision_stay_finite(dtype: torch.dtype) -> None:
    query = torch.full((2, 64), 100.0, dtype=dtype)  # scores of 640,000 / 8 = 80,000
    key = torch.stack([query[0], 0.99 * query[0], -query[0]])
    value = torch.tensor([[1.0], [2.0], [3.0]], dtype=dtype)
    y = scaled_dot_product_attention(query, key, value)
    assert y.dtype == dtype
    assert y.flatten().tolist() == [1, 1]
    assert softmax(torch.tensor([1e4, 1e4, -1e4], dtype=dtype)).tolist() == [0.5, 0.5, 0]


def test_a_mask_must_be_boolean() -> None:
    x = torch.zeros(2, 3)
    with pytest.raises(TypeError, match=r"the mask has dtype torch.float32; it must be torch.bool"):
        scaled_dot_product_attention(x, x, x, torch.ones(2, 2))


@pytest.mark.parametrize("shape", [(3, 2), (2, 3), (2,), (1, 2, 2), (0, 2)])
def test_a_mask_must_broadcast_to_the_scores(shape: tuple[int, ...]) -> None:
    x = torch.zeros(3, 4)
    if shape == (1, 2, 2):
        x = torch.zeros(2, 4)
    message = rf"shape \({', '.join(map(str, shape))},?\), .* scores, \({len(x)}, {len(x)}\)"
    with pytest.raises(ValueError, match=message):
        scaled_dot_product_attention(x, x, x, torch.ones(shape, dtype=torch.bool))
