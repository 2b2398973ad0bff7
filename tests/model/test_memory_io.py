"""What moves between the memories, against the steps of FlashAttention and large tensors."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.model.flash import flash_steps
from cs336_core.model.memory_io import flash_traffic, plain_traffic

sizes = st.integers(1, 9)


@given(sizes, sizes, sizes, sizes, st.tuples(sizes, sizes), st.booleans())
def test_what_is_counted_is_what_the_steps_move(
    n_queries: int, n_keys: int, d: int, d_v: int, tile: tuple[int, int], causal: bool
) -> None:
    query, key = torch.zeros(n_queries, d), torch.zeros(n_keys, d)
    value = torch.zeros(n_keys, d_v)
    steps = flash_steps(query, key, value, causal=causal, scale=1.0, tile=tile)
    moved = sum(step.numbers_read + step.numbers_written for step in steps)
    assert flash_traffic(n_queries, n_keys, d, d_v, tile=tile, causal=causal) == moved


@given(sizes, sizes, sizes, sizes)
def test_plain_attention_moves_what_its_operations_take_and_give(
    n_queries: int, n_keys: int, d: int, d_v: int
) -> None:
    query, key = torch.zeros(n_queries, d), torch.zeros(n_keys, d)
    value = torch.zeros(n_keys, d_v)
    scores = query @ key.T
    shares = scores.softmax(-1)
    out = shares @ value
    operations = [(query, key, scores), (scores, shares), (shares, value, out)]
    moved = sum(tensor.numel() for operation in operations for tensor in operation)
    assert plain_traffic(n_queries, n_keys, d, d_v) == moved


def test_a_causal_mask_saves_almost_half() -> None:
    whole, half = (flash_traffic(8192, 8192, 64, 64, causal=causal) for causal in (False, True))
    assert 0.5 < half / whole < 0.52
