"""Memory traffic against the steps of FlashAttention and the sizes of tensors."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.model.flash import flash_steps
from cs336_core.model.memory_io import flash_traffic, plain_traffic

sizes = st.integers(1, 9)


@given(sizes, sizes, sizes, sizes, st.tuples(sizes, sizes), st.booleans())
def test_the_count_equals_the_sum_over_all_steps(
    n_queries: int, n_keys: int, d: int, d_v: int, tile: tuple[int, int], causal: bool
) -> None:
    query, key = torch.zeros(n_queries, d), torch.zeros(n_keys, d)
    value = torch.zeros(n_keys, d_v)
    steps = flash_steps(query, key, value, causal=causal, scale=1.0, tile=tile)
    moved = sum(step.numbers_read + step.numbers_written for step in steps)
    assert flash_traffic(n_queries, n_keys, d, d_v, tile=tile, causal=causal) == moved


@given(sizes, sizes, sizes, sizes)
def test_plain_attention_moves_the_inputs_and_outputs_of_its_operations(
    n_queries: int, n_keys: int, d: int, d_v: int
) -> None:
    query, key = torch.zeros(n_queries, d), torch.zeros(n_keys, d)
    value = torch.zeros(n_keys, d_v)
    scores = query @ key.T
    weights = scores.softmax(-1)
    out = weights @ value
    operations = [(query, key, scores), (scores, weights), (weights, value, out)]
    moved = sum(tensor.numel() for operation in operations for tensor in operation)
    assert plain_traffic(n_queries, n_keys, d, d_v) == moved


def test_a_causal_mask_saves_almost_half() -> None:
    whole, half = (flash_traffic(8192, 8192, 64, 64, causal=causal) for causal in (False, True))
    assert 0.5 < half / whole < 0.52
