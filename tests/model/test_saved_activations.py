"""Elements saved for the backward pass by known operations and by both attentions."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.flash import flash_attention
from cs336_core.model.saved_activations import saved_bytes, saved_elements


def test_a_product_saves_both_factors_and_a_sum_nothing() -> None:
    a, b = torch.randn(2, 30)
    assert saved_elements(torch.mul, a, b) == 60
    assert saved_elements(torch.add, a, b) == 0


def test_shared_storage_counts_once() -> None:
    assert saved_elements(lambda x: x * x + x.exp().log(), torch.randn(10)) == 20


@pytest.mark.parametrize("n", [64, 256])
def test_attention_saves_its_weights_and_flash_attention_does_not(n: int) -> None:
    d = 16
    q, k, v = torch.randn(3, 1, n, d).unbind()
    plain = saved_elements(scaled_dot_product_attention, q, k, v)
    tiled = saved_elements(flash_attention, q, k, v)
    assert plain >= n * n + 3 * n * d
    assert tiled == 4 * n * d + n  # inputs, output and one number per query


def test_integer_inputs_raise() -> None:
    with pytest.raises(ValueError, match="no gradient to save for"):
        saved_elements(torch.abs, torch.zeros(3, dtype=torch.long))


def test_excluded_tensors_are_not_counted() -> None:
    layer = torch.nn.Linear(8, 4)
    x = torch.randn(3, 8, requires_grad=True)
    both = saved_bytes(layer, x)
    assert both == 4 * (x.numel() + layer.weight.numel())
    assert saved_bytes(layer, x, excluding=layer.parameters()) == 4 * x.numel()


def test_what_the_backward_pass_does_not_need_is_not_counted() -> None:
    x = torch.zeros(10, requires_grad=True)
    assert saved_bytes(lambda: x.exp() + x.sin().exp().detach()) == 40
