"""Time and memory, against figures that others give."""

from __future__ import annotations

import pytest

from cs336_core import accounting
from cs336_core.accounting import H100, forward_seconds, kv_cache_bytes, training_bytes


def test_a_token_alone_waits_for_the_weights() -> None:
    """Llama 2 13B on an H100: the course's lecture on inference has 8.0 ms with the KV cache."""
    one = forward_seconds(13_015_864_320, 1, H100)
    assert 0.0075 < one < 0.008
    assert forward_seconds(13_015_864_320, int(H100.ridge_point), H100) == one
    assert forward_seconds(13_015_864_320, 10 * H100.ridge_point, H100) == pytest.approx(10 * one)


def test_the_ridge_point_of_an_h100() -> None:
    assert round(H100.ridge_point) == 295


def test_smaller_numbers_are_read_faster() -> None:
    assert forward_seconds(7e9, 1, H100, bytes_per_param=1) == forward_seconds(7e9, 1, H100) / 2


@pytest.mark.parametrize(("params", "n_tokens"), [(0, 1), (1, 0), (-1, 1)])
def test_nothing_takes_no_time_that_is_known(params: float, n_tokens: float) -> None:
    with pytest.raises(ValueError, match="both must be more than 0"):
        forward_seconds(params, n_tokens, H100)


@pytest.mark.parametrize(
    ("n_layers", "n_kv_heads", "kibibytes"),
    [(32, 32, 512), (32, 8, 128), (80, 8, 320)],  # Llama 2 7B, Llama 3 8B and 70B
)
def test_kv_cache(n_layers: int, n_kv_heads: int, kibibytes: int) -> None:
    assert kv_cache_bytes(n_layers, n_kv_heads, 128) == kibibytes * 1024


def test_training_keeps_sixteen_bytes_a_parameter() -> None:
    assert training_bytes(1) == 16


def test_public_names_exist() -> None:
    assert all(hasattr(accounting, name) for name in accounting.__all__)
