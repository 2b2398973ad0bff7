"""The feed-forward layer and its activations against PyTorch's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import get_args

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cs336_core.model.config import Activation, ModelConfig
from cs336_core.model.feed_forward import FeedForward, gelu, gelu_tanh, quick_gelu, relu, silu
from tests.model.peers import close, normal, unsettled

Function = Callable[[Tensor], Tensor]

torch_gelu_tanh = partial(functional.gelu, approximate="tanh")


def torch_quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


def torch_relu_squared(x: Tensor) -> Tensor:
    return functional.relu(x) ** 2


PAIRS = [
    (relu, functional.relu),
    (gelu, functional.gelu),
    (gelu_tanh, torch_gelu_tanh),
    (silu, functional.silu),
    (quick_gelu, torch_quick_gelu),
]
FUNCTIONS: dict[str, Function] = {
    "relu": functional.relu,
    "gelu": functional.gelu,
    "gelu_tanh": torch_gelu_tanh,
    "quick_gelu": torch_quick_gelu,
    "relu_squared": torch_relu_squared,
    "reglu": functional.relu,
    "silu": functional.silu,
    "swiglu": functional.silu,
    "geglu": functional.gelu,
    "geglu_tanh": torch_gelu_tanh,
}


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_activations_equal_torch(ours: Function, theirs: Function) -> None:
    x = torch.linspace(-30, 30, 1000, dtype=torch.float64, requires_grad=True)  # no 0 among them
    close(ours(x), theirs(x))
    gradients = [torch.autograd.grad(f(x).sum(), x)[0] for f in (ours, theirs)]
    close(*gradients)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_an_activation_in_half_precision(
    ours: Function, theirs: Function, dtype: torch.dtype
) -> None:
    x = torch.cat([10 * torch.randn(100), torch.tensor([-6e4, -300.0, 300.0, 6e4])]).to(dtype)
    x.requires_grad_()
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(ours(x), theirs(x), rtol=4 * eps, atol=4 * eps)
    gradients = [torch.autograd.grad(f(x).sum(), x)[0] for f in (ours, theirs)]
    torch.testing.assert_close(*gradients, rtol=4 * eps, atol=4 * eps)


def test_every_activation_has_a_peer() -> None:
    assert set(FUNCTIONS) == set(get_args(Activation))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("bias", [False, True])
def test_a_layer_equals_torchs_functions(activation: Activation, bias: bool) -> None:
    ours = unsettled(FeedForward(4, 6, activation=activation, bias=bias))
    x = normal(2, 3, 4)
    up = functional.linear(x, ours.up.weight, ours.up.bias)
    if ours.gate is None:
        hidden = FUNCTIONS[activation](up)
    else:
        gate = functional.linear(x, ours.gate.weight, ours.gate.bias)
        hidden = FUNCTIONS[activation](gate) * up
    close(ours(x), functional.linear(hidden, ours.down.weight, ours.down.bias))
    assert (ours.up.bias is not None) is bias
    config = ModelConfig(
        vocab_size=1, context_length=1, n_layers=1, d_model=4, n_heads=1, activation=activation
    )
    assert config.is_gated is (ours.gate is not None)


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_gradients_of_a_layer(activation: Activation) -> None:
    ours = unsettled(FeedForward(3, 4, activation=activation, bias=True))
    assert torch.autograd.gradcheck(ours, normal(5, 3, requires_grad=True))


def test_tokens_are_independent() -> None:
    ours = unsettled(FeedForward(4, 6))
    x = normal(2, 5, 4)
    close(ours(x)[:, 3], ours(x[:, 3]))
