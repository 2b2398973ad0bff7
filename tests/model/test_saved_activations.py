"""Numbers kept for the backward pass: known operations, and attention both ways."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.flash import flash_attention
from cs336_core.model.saved_activations import kept_bytes, kept_numbers


def test_a_product_keeps_both_factors_and_a_sum_nothing() -> None:
    a, b = torch.randn(2, 30)
    assert kept_numbers(torch.mul, a, b) == 60
    assert kept_numbers(torch.add, a, b) == 0


def test_what_is_kept_twice_counts_once() -> None:
    assert kept_numbers(lambda x: x * x + x.exp().log(), torch.randn(10)) == 20


@pytest.mark.parametrize("n", [64, 256])
def test_attention_keeps_its_shares_and_flash_attention_does_not(n: int) -> None:
    d = 16
    q, k, v = torch.randn(3, 1, n, d).unbind()
    plain = kept_numbers(scaled_dot_product_attention, q, k, v)
    tiled = kept_numbers(flash_attention, q, k, v)
    assert plain >= n * n + 3 * n * d
    assert tiled == 4 * n * d + n  # what goes in, what comes out, a number a query


def test_ids_have_no_gradient() -> None:
    with pytest.raises(ValueError, match="no gradient to keep for"):
        kept_numbers(torch.abs, torch.zeros(3, dtype=torch.long))


def test_what_is_there_anyway_is_not_counted() -> None:
    layer = torch.nn.Linear(8, 4)
    x = torch.randn(3, 8, requires_grad=True)
    both = kept_bytes(layer, x)
    assert both == 4 * (x.numel() + layer.weight.numel())
    assert kept_bytes(layer, x, besides=layer.parameters()) == 4 * x.numel()
