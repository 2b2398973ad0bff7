"""Masks, every entry against the definition."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.model.masks import causal_mask, padding_mask, window_mask

SIZES = st.integers(0, 6)


@given(SIZES, SIZES)
def test_a_causal_mask_shows_earlier_tokens(n_queries: int, before: int) -> None:
    mask = causal_mask(n_queries, n_queries + before)
    assert mask.shape == (n_queries, n_queries + before)
    for query in range(n_queries):
        for key in range(n_queries + before):
            assert mask[query, key] == (key <= query + before)


@given(SIZES, SIZES, st.integers(1, 8))
def test_a_window_has_the_requested_length(n_queries: int, before: int, window: int) -> None:
    mask = window_mask(n_queries, window, n_queries + before)
    for query in range(n_queries):
        for key in range(n_queries + before):
            assert mask[query, key] == (0 <= query + before - key < window)
    if window >= n_queries + before:
        assert mask.equal(causal_mask(n_queries, n_queries + before))


@given(st.lists(SIZES, max_size=4), st.integers(6, 8))
def test_padding_starts_after_the_length(lengths: list[int], n_keys: int) -> None:
    mask = padding_mask(torch.tensor(lengths, dtype=torch.long), n_keys)
    assert mask.shape == (len(lengths), 1, 1, n_keys)
    assert mask.sum(-1).flatten().tolist() == lengths
    for row, length in zip(mask[:, 0, 0], lengths, strict=True):
        assert row[:length].all()


@pytest.mark.parametrize("lengths", [[2, 4], [-1, 2]])
def test_invalid_lengths_raise(lengths: list[int]) -> None:
    message = f"lengths range from {lengths[0]} to {lengths[1]}; .*number of keys, which is 3"
    with pytest.raises(ValueError, match=message):
        padding_mask(torch.tensor(lengths), 3)


def test_an_empty_window_raises() -> None:
    with pytest.raises(ValueError, match="window is 0; it must be 1 or more"):
        window_mask(3, 0)
