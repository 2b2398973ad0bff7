"""Multi-head attention against PyTorch's, with shared keys and with a cache."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from cs336_core.model.kv_cache import KVCache
from cs336_core.model.masks import causal_mask, padding_mask, window_mask
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.model.positions import Rotary
from tests.model.peers import close, normal, torch_attention, unsettled


def attention(n_kv_heads: int | None = None, **options: Any) -> MultiHeadAttention:
    """Return four heads, 8 wide together."""
    ours: MultiHeadAttention = unsettled(MultiHeadAttention(8, 4, n_kv_heads=n_kv_heads, **options))
    return ours


@pytest.mark.parametrize("bias", [False, True])
def test_self_attention_equals_torch(bias: bool) -> None:
    ours, x = attention(bias=bias), normal(2, 5, 8)
    theirs = torch_attention(ours)
    close(ours(x), theirs(x, x, x)[0])
    causal = causal_mask(5)  # in PyTorch, true means hidden
    close(ours(x, causal), theirs(x, x, x, attn_mask=~causal)[0])
    padding = padding_mask(torch.tensor([2, 5]), 5)
    hidden = ~padding[:, 0, 0]
    close(
        ours(x, causal & padding),
        theirs(x, x, x, attn_mask=~causal, key_padding_mask=hidden)[0],
    )
    by_head = torch.rand(2, 4, 5, 5) < 0.5
    by_head |= torch.eye(5, dtype=torch.bool)
    close(ours(x, by_head), theirs(x, x, x, attn_mask=~by_head.flatten(0, 1))[0])


def test_cross_attention_equals_torch() -> None:
    ours, x, context = attention(bias=True), normal(2, 3, 8), normal(2, 5, 8)
    theirs = torch_attention(ours)
    close(ours(x, context=context), theirs(x, context, context)[0])
    mask = padding_mask(torch.tensor([2, 5]), 5)
    close(
        ours(x, mask, context=context),
        theirs(x, context, context, key_padding_mask=~mask[:, 0, 0])[0],
    )


@pytest.mark.parametrize("n_kv_heads", [1, 2, 4])
def test_shared_keys_equal_repeated_ones(n_kv_heads: int) -> None:
    ours, x = attention(n_kv_heads, bias=True), normal(2, 5, 8)
    full = attention(bias=True)
    with torch.no_grad():
        for name in ("query", "output"):
            getattr(full, name).load_state_dict(getattr(ours, name).state_dict())
        for name in ("key", "value"):
            for kind in ("weight", "bias"):
                shared = getattr(getattr(ours, name), kind).unflatten(0, (n_kv_heads, 2))
                repeated = shared.repeat_interleave(4 // n_kv_heads, 0).flatten(0, 1)
                getattr(getattr(full, name), kind).copy_(repeated)
    padding = padding_mask(torch.tensor([2, 5]), 5)
    by_head = torch.rand(2, 4, 5, 5) < 0.5
    for mask in (None, causal_mask(5), padding, causal_mask(5) & padding, by_head, by_head[0]):
        close(ours(x, mask), full(x, mask))
    context = normal(2, 3, 8)
    close(ours(x, context=context), full(x, context=context))


def test_one_group_per_head_is_multi_head_attention() -> None:
    ours, full, x = attention(4), attention(), normal(2, 5, 8)
    full.load_state_dict(ours.state_dict())
    assert ours(x).equal(full(x))


@settings(max_examples=25)
@given(st.permutations(range(5)))
def test_without_positions_the_model_is_permutation_equivariant(order: list[int]) -> None:
    ours, x = attention(2), normal(2, 5, 8)
    close(ours(x[:, order]), ours(x)[:, order])


def test_rotation_breaks_permutation_equivariance() -> None:
    ours, x = attention(rotary=Rotary(2)), normal(2, 5, 8)
    assert not ours(x.flip(1)).allclose(ours(x).flip(1))


@settings(max_examples=25)
@given(st.integers(0, 2000))
def test_the_start_position_has_no_effect(start: int) -> None:
    ours, x = attention(2, rotary=Rotary(2)), normal(2, 5, 8)
    shifted = ours(x, causal_mask(5), positions=torch.arange(start, start + 5))
    torch.testing.assert_close(shifted, ours(x, causal_mask(5)), rtol=1e-8, atol=1e-9)


@settings(max_examples=25)
@given(st.integers(1, 4))
def test_later_tokens_change_no_earlier_output(changed: int) -> None:
    ours, x = attention(2, rotary=Rotary(2)), normal(2, 5, 8)
    other = x.clone()
    other[:, changed] += 1
    before, after = ours(x, causal_mask(5)), ours(other, causal_mask(5))
    assert before[:, :changed].equal(after[:, :changed])
    assert not before[:, changed:].allclose(after[:, changed:])


@pytest.mark.parametrize("rotary", [None, Rotary(2)])
@pytest.mark.parametrize("n_kv_heads", [1, 2, 4])
@settings(max_examples=15)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(1, 6))
def test_several_passes_with_a_cache_equal_one(
    n_kv_heads: int, rotary: Rotary | None, parts: list[int], window: int
) -> None:
    ours, n = attention(n_kv_heads, rotary=rotary), sum(parts)
    x, cache, read = normal(2, n, 8), KVCache(), []
    for part in x.split(parts, 1):
        n_keys = len(cache) + part.shape[1]
        read.append(ours(part, window_mask(part.shape[1], window, n_keys), cache=cache))
    assert len(cache) == n
    close(torch.cat(read, 1), ours(x, window_mask(n, window)))


@pytest.mark.parametrize("n_kv_heads", [1, 2])
def test_gradients_of_attention(n_kv_heads: int) -> None:
    ours = unsettled(MultiHeadAttention(4, 2, n_kv_heads=n_kv_heads, bias=True, rotary=Rotary(2)))
    mask = padding_mask(torch.tensor([0, 2]), 3) & causal_mask(3)  # nothing at all in row 0

    def attend(x: Tensor, *_weights: Tensor) -> Tensor:
        return ours(x, mask)

    inputs = (normal(2, 3, 4, requires_grad=True), *ours.parameters())
    assert torch.autograd.gradcheck(attend, inputs)
    assert ours(inputs[0], mask)[0].equal(ours.output.bias.expand(3, 4))


def test_heads_may_be_wider_than_the_residual_stream() -> None:
    ours = attention(2, d_head=6, bias=True, qkv_bias=False)
    assert ours.query.weight.shape == (24, 8)
    assert ours.key.weight.shape == ours.value.weight.shape == (12, 8)
    assert ours.key.bias is None
    assert ours(normal(1, 3, 8)).shape == (1, 3, 8)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_scores_beyond_half_precision_stay_finite(dtype: torch.dtype) -> None:
    ours = MultiHeadAttention(8, 2).to(dtype)
    with torch.no_grad():
        for part in (ours.query, ours.key):
            part.weight.copy_(300 * torch.eye(8))
    x = torch.randn(1, 4, 8).to(dtype)
    y = ours(x, causal_mask(4))  # scores of some 1e5
    assert y.dtype == dtype
    y.sum().backward()
    assert y.isfinite().all()
    assert all(parameter.grad.isfinite().all() for parameter in ours.parameters())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_heads": 3}, "n_heads is 3; it must divide d_model, 8"),
        ({"n_heads": 0}, "n_heads is 0; it must be 1 or more"),
        ({"n_heads": 4, "n_kv_heads": 3}, "n_kv_heads is 3; it must divide n_heads, 4"),
        ({"n_heads": 4, "n_kv_heads": 0}, "n_kv_heads is 0; it must divide n_heads, 4"),
        ({"n_heads": 4, "n_kv_heads": 8}, "n_kv_heads is 8; it must divide n_heads, 4"),
    ],
)
def test_heads_that_do_not_divide_raise(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(8, **options)


@pytest.mark.parametrize("n_kv_heads", [2, 4])
@pytest.mark.parametrize("shape", [(2, 5, 5), (2, 2, 5, 5), (3, 1, 5, 5), (4, 5), (1, 2, 4, 5, 5)])
def test_a_mask_must_broadcast_to_the_scores(n_kv_heads: int, shape: tuple[int, ...]) -> None:
    message = r"the mask has shape .* the shape of the scores, \(2, 4, 5, 5\)"
    with pytest.raises(ValueError, match=message):
        attention(n_kv_heads)(normal(2, 5, 8), torch.ones(shape, dtype=torch.bool))


def test_a_mask_must_be_boolean() -> None:
    for n_kv_heads in (2, 4):
        with pytest.raises(TypeError, match=r"the mask has dtype torch.int64"):
            attention(n_kv_heads)(normal(2, 5, 8), torch.ones(5, 5, dtype=torch.long))


def test_a_context_with_a_cache_raises() -> None:
    with pytest.raises(ValueError, match="pass a context or a cache"):
        attention()(normal(1, 2, 8), context=normal(1, 3, 8), cache=KVCache())
