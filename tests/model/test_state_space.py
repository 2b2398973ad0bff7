"""A state space model: its recurrent, parallel and convolutional forms are equal."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn

from cs336_core.model.state_space import StateSpace, parallel_scan, scan

EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}


def layer_of(d_state: int = 3) -> StateSpace:
    torch.manual_seed(0)
    return StateSpace(4, d_state).double()


@pytest.mark.parametrize("seq", [1, 2, 3, 8, 13])
@pytest.mark.parametrize("state", [(), (4, 3)])
@pytest.mark.parametrize("has_first", [False, True])
def test_both_scans_are_equal(seq: int, state: tuple[int, ...], has_first: bool) -> None:
    torch.manual_seed(0)
    decay = torch.rand(2, seq, *state, dtype=torch.float64, requires_grad=True)
    taken = torch.randn(2, seq, *state, dtype=torch.float64, requires_grad=True)
    first = torch.randn(2, *state, dtype=torch.float64) if has_first else None
    one, all_at_once = scan(decay, taken, first), parallel_scan(decay, taken, first)
    torch.testing.assert_close(all_at_once, one, **EXACT)
    toward = torch.randn_like(one)
    gradients = [
        torch.autograd.grad(out, (decay, taken), toward, materialize_grads=True)
        for out in (one, all_at_once)
    ]
    torch.testing.assert_close(*gradients, **EXACT)


@pytest.mark.parametrize("steps", [[9], [1] * 9, [4, 5]])
def test_several_passes_with_a_state_equal_one(steps: list[int]) -> None:
    layer = layer_of()
    x = torch.randn(2, 9, 4, dtype=torch.float64)
    state, read = None, []
    for part in x.split(steps, 1):
        out, state = layer.recurrent(part, state)
        read.append(out)
    torch.testing.assert_close(torch.cat(read, 1), layer(x), **EXACT)


def test_without_selection_it_is_a_convolution() -> None:
    layer = layer_of()
    # With the same step size, B and C for every token, the layer is a linear time-invariant system,
    # and its response to an impulse determines it.
    delta, write, read = 0.3, torch.randn(3).double(), torch.randn(3).double()
    nn.init.zeros_(layer.step_length.weight)
    assert layer.step_length.bias is not None
    nn.init.constant_(layer.step_length.bias, math.log(math.expm1(delta)))
    layer.write.forward = lambda x: write.expand(*x.shape[:-1], -1)  # type: ignore[method-assign]
    layer.read.forward = lambda x: read.expand(*x.shape[:-1], -1)  # type: ignore[method-assign]
    x = torch.randn(1, 12, 4, dtype=torch.float64)
    times = torch.arange(12, dtype=torch.float64)
    powers = torch.exp(-delta * layer.log_speed.exp()[..., None] * times)  # (d_model d_state seq)
    answer = delta * torch.einsum("n,dnt,n->dt", read, powers, write)
    convolved = [
        (answer[:, : t + 1].flip(-1) * x[0, : t + 1].T).sum(-1) + layer.skip * x[0, t]
        for t in range(12)
    ]
    torch.testing.assert_close(layer(x)[0], torch.stack(convolved), **EXACT)


def test_later_tokens_change_no_earlier_output() -> None:
    layer = layer_of()
    x = torch.randn(1, 9, 4, dtype=torch.float64)
    changed = x.clone()
    changed[:, 5:] += 1
    before, after = layer(x), layer(changed)
    torch.testing.assert_close(before[:, :5], after[:, :5], **EXACT)
    assert not torch.isclose(before[:, 5:], after[:, 5:]).all()


def test_a_token_can_choose_to_forget() -> None:
    layer = layer_of()
    nn.init.zeros_(layer.step_length.weight)
    assert layer.step_length.bias is not None
    x = torch.randn(1, 4, 4, dtype=torch.float64)
    changed = x.clone()
    changed[:, 0] += 1
    for bias, is_kept in [(50.0, False), (-3.0, True)]:  # a long step and a short one
        nn.init.constant_(layer.step_length.bias, bias)
        assert torch.allclose(layer(x)[:, -1], layer(changed)[:, -1], rtol=1e-9) != is_kept


def test_initial_step_lengths_are_those_of_mamba() -> None:
    # Gu and Dao 2023, section 3.6: log-uniform between 0.001 and 0.1.
    torch.manual_seed(0)
    bias = StateSpace(1000).step_length.bias
    assert bias is not None
    steps = nn.functional.softplus(bias.detach().double())
    assert 0.00099 < steps.min() < 0.0011
    assert 0.09 < steps.max() < 0.101
    torch.testing.assert_close(steps.log10().mean().item(), -2.0, rtol=0, atol=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_an_untrained_layer_remembers_its_first_token_after_500(seed: int) -> None:
    torch.manual_seed(seed)
    layer = StateSpace(64).double()
    x = torch.randn(1, 500, 64, dtype=torch.float64)
    changed = x.clone()
    changed[:, 0] = torch.randn(64)
    with torch.no_grad():
        difference = (layer(x) - layer(changed)).norm(dim=-1)[0]
    assert difference[499] > 1e-4


def test_gradients_equal_finite_differences() -> None:
    layer = layer_of(2)
    x = torch.randn(1, 5, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert torch.autograd.gradcheck(lambda x: layer.recurrent(x)[0], (x,))


def test_an_empty_state_raises() -> None:
    with pytest.raises(ValueError, match="d_state is 0; it must be 1 or more"):
        StateSpace(4, 0)
