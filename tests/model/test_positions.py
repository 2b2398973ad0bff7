"""Sinusoids, learned positions and rotations against the properties stated in the papers."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from cs336_core.model.positions import LearnedPositions, Rotary, sinusoidal_positions
from tests.model.peers import close, normal, unsettled

PLACES = st.integers(0, 5000)


def test_sinusoids_follow_the_formula() -> None:
    table = sinusoidal_positions(50, 6, dtype=torch.float64)
    for position in range(50):
        for i in range(3):
            angle = position / 10_000 ** (2 * i / 6)
            assert table[position, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-12)
            assert table[position, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-12)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_shift_of_sinusoids_is_a_rotation(position: int, shift: int) -> None:
    table = sinusoidal_positions(121, 8, dtype=torch.float64)
    sines, cosines = table[position, 0::2], table[position, 1::2]
    sin_shift, cos_shift = table[shift, 0::2], table[shift, 1::2]
    close(table[position + shift, 0::2], sines * cos_shift + cosines * sin_shift)
    close(table[position + shift, 1::2], cosines * cos_shift - sines * sin_shift)


def test_large_positions_are_as_exact_as_small_ones() -> None:
    table = sinusoidal_positions(100_001, 4)
    assert table.dtype == torch.float32
    assert table[100_000, 0].item() == pytest.approx(math.sin(100_000), abs=1e-7)


def test_learned_positions_are_looked_up() -> None:
    ours = unsettled(LearnedPositions(5, 4))
    positions = torch.tensor([0, 4, 2])
    close(ours(positions), functional.embedding(positions, ours.table.weight))


@pytest.mark.parametrize("positions", [[3, 4, 5], [5, 0]])
def test_a_position_beyond_the_table_raises(positions: list[int]) -> None:
    message = r"reaches position 5, but the table of positions ends at 4 \(context_length is 5\)"
    with pytest.raises(ValueError, match=message):
        LearnedPositions(5, 4)(torch.tensor(positions))


def test_rotation_is_complex_multiplication() -> None:
    x = normal(2, 3, 7, 6)
    speeds = torch.tensor([10_000 ** (-2 * i / 6) for i in range(3)], dtype=torch.float64)
    turns = torch.exp(1j * torch.arange(7)[:, None] * speeds)
    theirs = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (3, 2))) * turns).flatten(-2)
    close(Rotary(6)(x, torch.arange(7)), theirs)


@settings(max_examples=30)
@given(PLACES, PLACES, st.integers(0, 5000))
def test_a_score_depends_only_on_the_distance(query_at: int, key_at: int, shift: int) -> None:
    rotary, query, key = Rotary(8), normal(1, 8), normal(1, 8)

    def score(m: int, n: int) -> Tensor:
        return rotary(query, torch.tensor([m])) @ rotary(key, torch.tensor([n])).T

    torch.testing.assert_close(
        score(query_at, key_at), score(query_at + shift, key_at + shift), rtol=1e-9, atol=1e-9
    )


@settings(max_examples=30)
@given(st.lists(PLACES, min_size=1, max_size=4))
def test_rotation_preserves_norms(positions: list[int]) -> None:
    x = normal(2, len(positions), 6)
    close(Rotary(6)(x, torch.tensor(positions)).norm(dim=-1), x.norm(dim=-1))


def test_position_zero_is_not_rotated() -> None:
    x = normal(3, 1, 6)
    assert Rotary(6)(x, torch.tensor([0])).equal(x)


def test_wider_vectors_are_partly_rotated() -> None:
    x, positions = normal(2, 5, 8), torch.arange(5)
    y = Rotary(4)(x, positions)
    assert y[..., 4:].equal(x[..., 4:])
    close(y[..., :4], Rotary(4)(x[..., :4], positions))


def test_the_table_grows_without_changing() -> None:
    rotary, x = Rotary(4), normal(1, 4)
    near = rotary(x, torch.tensor([3]))
    far = rotary(x, torch.tensor([1000]))
    close(far, Rotary(4)(x, torch.tensor([1000])))
    close(rotary(x, torch.tensor([3])), near)
    assert rotary(x[:0], torch.empty(0, dtype=torch.long)).shape == (0, 4)


def test_a_table_cached_in_inference_mode_works_in_training() -> None:
    rotary, positions = Rotary(4), torch.arange(3)
    with torch.inference_mode():
        rotary(normal(3, 4), positions)
    x = normal(3, 4, requires_grad=True)
    rotary(x, positions).square().sum().backward()
    assert x.grad is not None
    close(x.grad, 2 * x.detach())  # rotations preserve norms


def test_gradients_of_a_rotation() -> None:
    rotary = Rotary(4)
    assert torch.autograd.gradcheck(
        lambda x: rotary(x, torch.tensor([1, 7])), normal(3, 2, 6, requires_grad=True)
    )


def test_rows_may_have_different_positions() -> None:
    rotary, x = Rotary(4), normal(2, 3, 5, 4)  # (batch heads seq d)
    positions = torch.tensor([[0, 1, 2, 3, 4], [7, 8, 9, 10, 11]])
    rows = torch.stack([rotary(row, at) for row, at in zip(x, positions, strict=True)])
    close(rotary(x, positions[:, None]), rows)
    close(rotary(x, positions[:, None].expand(2, 3, 5)), rows)


@pytest.mark.parametrize("shape", [(2, 5), (3, 5), (4,), (1,), (), (2, 2, 5), (1, 2, 3, 5)])
def test_positions_must_broadcast_to_the_vectors(shape: tuple[int, ...]) -> None:
    message = r"for vectors of shape \(2, 3, 5, d\) their shape must be \(5,\) or broadcast"
    with pytest.raises(ValueError, match=message):
        Rotary(4)(normal(2, 3, 5, 4), torch.zeros(shape, dtype=torch.long))


def test_half_precision_is_preserved() -> None:
    x = torch.randn(5, 8, dtype=torch.bfloat16)
    y = Rotary(8)(x, torch.arange(5))
    assert y.dtype == torch.bfloat16
    exact = Rotary(8)(x.double(), torch.arange(5))
    # Angle, products and sum are each rounded to 8 bits.
    torch.testing.assert_close(y.double(), exact, rtol=0.02, atol=0.04)


def test_invalid_dimensions_and_positions_raise() -> None:
    for odd in (0, 3):
        with pytest.raises(ValueError, match=f"the dimension is {odd}; it must be even"):
            Rotary(odd)
    with pytest.raises(ValueError, match="the dimension is 3; it must be even"):
        sinusoidal_positions(4, 3)
    with pytest.raises(ValueError, match="the vectors have 2 dimensions, but 4 are to be rotated"):
        Rotary(4)(normal(1, 2), torch.tensor([0]))
    with pytest.raises(ValueError, match="positions contain -2; a position must be 0 or more"):
        Rotary(4)(normal(2, 4), torch.tensor([0, -2]))
