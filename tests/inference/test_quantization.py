"""Quantized matrices: how far entries move, how many bytes they take, what models compute."""

from __future__ import annotations

import pytest
import torch

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference.quantization import (
    BITS,
    QuantizedLinear,
    quantize,
    quantize_model,
    weight_bytes,
)
from cs336_core.model.layers import Linear
from tests.inference.models import tiny_model


def random_matrix(rows: int, width: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, width, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize(("width", "group_size"), [(64, 32), (50, 16), (3, 4), (128, 128)])
def test_no_entry_moves_by_more_than_half_a_step(bits: int, width: int, group_size: int) -> None:
    matrix = random_matrix(5, width)
    found = quantize(matrix, bits=bits, group_size=group_size).dequantize()
    assert found.shape == matrix.shape
    for start in range(0, width, group_size):
        group = matrix[:, start : start + group_size]
        step = group.abs().amax(-1, keepdim=True) / (2 ** (bits - 1) - 1)
        error = (found[:, start : start + group_size] - group).abs()
        # Rounding a scale to 16 bits moves the largest entry by 2**-11 of itself.
        assert (error <= step / 2 + 2**-11 * group.abs().amax(-1, keepdim=True) + 1e-6).all()


@pytest.mark.parametrize("bits", BITS)
def test_codes_equal_a_loop_over_entries(bits: int) -> None:
    matrix = random_matrix(2, 8, seed=1)
    found = quantize(matrix, bits=bits, group_size=4).dequantize()
    top = 2 ** (bits - 1) - 1
    for row in range(2):
        for group in (0, 4):
            largest = max(abs(matrix[row, group + i].item()) for i in range(4))
            scale = torch.tensor(largest / top).half().item()
            for i in range(group, group + 4):
                expected = scale * max(-top, min(top, round(matrix[row, i].item() / scale)))
                assert found[row, i].item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("bits", "expected"), [(8, 8.5), (4, 4.5), (2, 2.5)])
def test_a_group_of_32_costs_half_a_bit_per_entry(bits: int, expected: float) -> None:
    quantized = quantize(random_matrix(6, 64), bits=bits, group_size=32)
    assert 8 * quantized.nbytes / (6 * 64) == expected


def test_zeros_stay_zero() -> None:
    matrix = random_matrix(2, 32)
    matrix[0] = 0
    matrix[1, ::2] = 0
    assert not quantize(matrix, bits=4).dequantize()[matrix == 0].any()


def test_small_groups_confine_an_outlier() -> None:
    matrix = random_matrix(1, 256)
    matrix[0, 0] = 100.0
    errors = [
        (quantize(matrix, bits=4, group_size=size).dequantize() - matrix).square().mean().item()
        for size in (256, 64, 16)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 5 * errors[-1]


def test_a_quantized_layer_multiplies_by_the_rounded_matrix() -> None:
    torch.manual_seed(0)
    linear, x = Linear(20, 6, bias=True), torch.randn(3, 20)
    assert linear.bias is not None
    torch.nn.init.normal_(linear.bias)
    layer = QuantizedLinear(linear, bits=8)
    rounded = quantize(linear.weight.detach(), bits=8).dequantize()
    torch.testing.assert_close(layer(x), x @ rounded.T + linear.bias)


def test_fewer_bits_make_a_model_smaller_and_less_exact() -> None:
    model = tiny_model(d_model=64, n_heads=2)
    ids = torch.randint(11, (2, 30), generator=torch.Generator().manual_seed(0))
    sizes, errors = [weight_bytes(model)], [0.0]
    with torch.no_grad():
        exact = model(ids)
        for bits in BITS:
            quantized = quantize_model(model, bits=bits)
            sizes.append(weight_bytes(quantized))
            errors.append((quantized(ids) - exact).square().mean().item())
        assert torch.equal(model(ids), exact)
    assert sizes == sorted(sizes, reverse=True)
    assert errors == sorted(errors)
    assert 0 < errors[1] < 0.01 * exact.var().item() < errors[3]


def test_a_quantized_model_is_saved_and_loaded() -> None:
    model = quantize_model(tiny_model(0), bits=4)
    other = quantize_model(tiny_model(1), bits=4)
    other.load_state_dict(model.state_dict())
    ids = torch.tensor([[1, 2, 3]])
    assert torch.equal(other(ids), model(ids))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"bits": 3}, "bits is 3; it must be one of 8, 4, 2"),
        ({"bits": 4, "group_size": 0}, "group_size is 0; it must be a whole number from 1"),
        ({"bits": 4, "group_size": 5}, "group_size is 5; it must be one of 2, 4, 8, 16, 32"),
    ],
)
def test_impossible_codes_are_refused(options: dict[str, int], sentence: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        quantize(random_matrix(2, 8), **options)
    assert sentence in str(raised.value)
