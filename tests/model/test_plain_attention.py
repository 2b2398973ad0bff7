"""Attention one step per line against PyTorch's and against the attention of the models."""

from __future__ import annotations

import pytest
from torch import Tensor
from torch.nn import functional

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.masks import causal_mask
from cs336_core.model.plain_attention import plain_attention
from tests.model.peers import close, normal


@pytest.mark.parametrize("mask", [None, causal_mask(5)])
@pytest.mark.parametrize("scale", [1, 1e6])
def test_it_equals_torch_and_the_attention_of_the_models(mask: Tensor | None, scale: float) -> None:
    query, key, value = normal(2, 3, 5, 4) * scale, normal(2, 3, 5, 4), normal(2, 3, 5, 6)
    plain = plain_attention(query, key, value, mask)
    close(plain, functional.scaled_dot_product_attention(query, key, value, mask))
    close(plain, scaled_dot_product_attention(query, key, value, mask))
