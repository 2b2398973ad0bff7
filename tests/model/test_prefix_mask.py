"""The mask of a prefix language model."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.masks import causal_mask, prefix_mask


def test_an_empty_prefix_is_causal_and_a_full_one_hides_nothing() -> None:
    assert torch.equal(prefix_mask(5, 0), causal_mask(5))
    assert torch.equal(prefix_mask(3, 0, 5), causal_mask(3, 5))
    assert prefix_mask(5, 5).all()
    assert prefix_mask(5, 9).all()


def test_the_prefix_is_visible_to_all_and_the_rest_is_causal() -> None:
    mask = prefix_mask(6, 3)
    assert mask[:, :3].all()
    assert torch.equal(mask[:, 3:], causal_mask(6)[:, 3:])


def test_a_negative_prefix_raises() -> None:
    with pytest.raises(ValueError, match="prefix is -1"):
        prefix_mask(3, -1)
