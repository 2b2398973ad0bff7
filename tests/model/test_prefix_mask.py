"""The mask of a prefix language model."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.masks import causal_mask, prefix_mask


def test_without_a_prefix_it_is_causal_and_with_all_of_it_nothing_is_hidden() -> None:
    assert torch.equal(prefix_mask(5, 0), causal_mask(5))
    assert torch.equal(prefix_mask(3, 0, 5), causal_mask(3, 5))
    assert prefix_mask(5, 5).all()
    assert prefix_mask(5, 9).all()


def test_the_prefix_is_seen_by_all_and_what_follows_stays_causal() -> None:
    mask = prefix_mask(6, 3)
    assert mask[:, :3].all()
    assert torch.equal(mask[:, 3:], causal_mask(6)[:, 3:])


def test_a_negative_prefix_is_refused() -> None:
    with pytest.raises(ValueError, match="prefix is -1"):
        prefix_mask(3, -1)
