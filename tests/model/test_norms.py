"""Norms against PyTorch's, and in half precision."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cs336_core.model.config import Norm
from cs336_core.model.norms import LayerNorm, RMSNorm, build_norm
from tests.model.peers import close, normal, unsettled

EPS = 1e-3  # large enough to see where it is added


@pytest.mark.parametrize("bias", [False, True])
def test_layer_norm_equals_torch(bias: bool) -> None:
    ours = unsettled(LayerNorm(6, eps=EPS, bias=bias))
    for scale in (1e-3, 1, 1e3):
        x = scale * normal(3, 4, 6)
        close(ours(x), functional.layer_norm(x, (6,), ours.weight, ours.bias, EPS))


def test_rms_norm_equals_torch() -> None:
    ours = unsettled(RMSNorm(6, eps=EPS))
    for scale in (1e-3, 1, 1e3):
        x = scale * normal(3, 4, 6)
        close(ours(x), functional.rms_norm(x, (6,), ours.weight, EPS))


@pytest.mark.parametrize("kind", ["layernorm", "rmsnorm"])
def test_gradients_of_norms(kind: Norm) -> None:
    norm = unsettled(build_norm(kind, 5, bias=True))
    assert torch.autograd.gradcheck(norm, normal(3, 5, requires_grad=True))


@given(st.floats(0.1, 100), st.floats(-100, 100))
def test_layer_norm_is_invariant_to_scale_and_shift(size: float, shift: float) -> None:
    x = normal(4, 8)
    norm = LayerNorm(8, eps=1e-12).double()
    torch.testing.assert_close(norm(size * x + shift), norm(x), rtol=1e-6, atol=1e-6)


@given(st.floats(0.01, 1000))
def test_rms_norm_is_invariant_to_scale(size: float) -> None:
    x = normal(4, 8)
    norm = RMSNorm(8, eps=1e-12).double()
    torch.testing.assert_close(norm(size * x), norm(x), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("kind", ["layernorm", "rmsnorm"])
def test_squares_beyond_half_precision_do_not_overflow(kind: Norm, dtype: torch.dtype) -> None:
    x = (1e4 * torch.randn(3, 16)).to(dtype)
    norm = build_norm(kind, 16).to(dtype)
    y = norm(x)
    assert y.dtype == dtype
    # Computed in 32 bits, the result is rounded once.
    exact = build_norm(kind, 16)(x.float())
    torch.testing.assert_close(y.float(), exact, rtol=torch.finfo(dtype).eps, atol=1e-6)


@pytest.mark.parametrize("kind", ["layernorm", "rmsnorm"])
def test_a_row_of_zeros_stays_zero(kind: Norm) -> None:
    x = torch.zeros(2, 4, requires_grad=True)
    y = build_norm(kind, 4)(x)
    y.sum().backward()
    assert not y.any()
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_a_norm_is_built_by_name() -> None:
    assert isinstance(build_norm("layernorm", 4, bias=True).bias, nn.Parameter)
    assert build_norm("layernorm", 4).bias is None
    assert not hasattr(build_norm("rmsnorm", 4, bias=True), "bias")
