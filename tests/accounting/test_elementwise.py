"""Elementwise operations against numbers that count the operations on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from cs336_core.accounting import FORWARD, Conventions, count_flops, flops_by_group, total_flops
from cs336_core.accounting.elementwise import ACTIVATIONS, ROTATION, norm, softmax
from cs336_core.model.config import GATED
from tests.accounting.models import KINDS, config_of

ELEMENTWISE = Conventions(elementwise=True)


class Number:
    """A number that counts arithmetic operations."""

    done = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def __add__(self, other: Any) -> Number:
        return Number.of(self.value + value(other))

    def __sub__(self, other: Any) -> Number:
        return Number.of(self.value - value(other))

    def __mul__(self, other: Any) -> Number:
        return Number.of(self.value * value(other))

    def __truediv__(self, other: Any) -> Number:
        return Number.of(self.value / value(other))

    __radd__, __rmul__ = __add__, __mul__

    @staticmethod
    def of(result: float) -> Number:
        """Return what an operation gave, and count it."""
        Number.done += 1
        return Number(result)


def value(number: Any) -> float:
    return number.value if isinstance(number, Number) else number


def one(function: Any, *numbers: Any) -> Number:
    """Apply a function that counts as one operation."""
    return Number.of(function(*map(value, numbers)))


def total(numbers: Sequence[Number]) -> Number:
    sum_ = numbers[0]
    for number in numbers[1:]:
        sum_ = sum_ + number
    return sum_


def operations(function: Any, *given: Any) -> int:
    Number.done = 0
    function(*given)
    return Number.done


def numbers(n: int) -> list[Number]:
    return [Number(0.5 + i) for i in range(n)]


def rms_norm(x: list[Number], gain: list[Number]) -> list[Number]:
    root = one(math.sqrt, total([entry * entry for entry in x]) / len(x) + 1e-5)
    return [entry / root * factor for entry, factor in zip(x, gain, strict=True)]


def layer_norm(x: list[Number], gain: list[Number], bias: list[Number] | None) -> list[Number]:
    mean = total(x) / len(x)
    scaled = rms_norm([entry - mean for entry in x], gain)
    return scaled if bias is None else [a + b for a, b in zip(scaled, bias, strict=True)]


def scaled_softmax(scores: list[Number], scale: float) -> list[Number]:
    scores = [score * scale for score in scores]
    largest = scores[0]
    for score in scores[1:]:
        largest = one(max, largest, score)
    exponentials = [one(math.exp, score - largest) for score in scores]
    sum_ = total(exponentials)
    return [exponential / sum_ for exponential in exponentials]


def gelu(x: Number) -> Number:
    half = x * 0.5
    return half * (one(math.erf, x / math.sqrt(2)) + 1)


def gelu_tanh(x: Number) -> Number:
    inner = (x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)
    return x * 0.5 * (one(math.tanh, inner) + 1)


def silu(x: Number) -> Number:
    return x * one(lambda y: 1 / y, one(lambda y: math.exp(-y), x) + 1)


FUNCTIONS = {
    "relu": lambda x: one(max, x, 0),
    "relu_squared": lambda x: one(lambda y: y * y, one(max, x, 0)),
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "quick_gelu": lambda x: x * one(lambda y: 1 / y, one(lambda y: math.exp(-y), x * 1.702) + 1),
    "silu": silu,
    "reglu": lambda x: one(max, x, 0),
    "swiglu": silu,
    "geglu": gelu,
    "geglu_tanh": gelu_tanh,
}


@pytest.mark.parametrize("d", [1, 2, 8])
def test_norms(d: int) -> None:
    x, gain, bias = numbers(d), numbers(d), numbers(d)
    assert operations(rms_norm, x, gain) == norm("rmsnorm", d)
    assert operations(layer_norm, x, gain, None) == norm("layernorm", d)
    assert operations(layer_norm, x, gain, bias) == norm("layernorm", d, bias=True)


@pytest.mark.parametrize("n", [1, 2, 9])
def test_softmax(n: int) -> None:
    assert operations(scaled_softmax, numbers(n), 0.5) == softmax(n, 1)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name: str) -> None:
    gate = operations(lambda x: x * x, Number(1.0)) if name in GATED else 0
    counted = operations(FUNCTIONS[name], Number(0.7)) + gate
    assert counted == {str(key): count for key, count in ACTIVATIONS.items()}[name]


def test_a_rotation() -> None:
    first, second = numbers(2)
    rotated = lambda: (first * 0.6 - second * 0.8, first * 0.8 + second * 0.6)  # noqa: E731
    assert operations(rotated) == 2 * ROTATION


def test_a_small_model_by_hand() -> None:
    config = config_of("GPT-2", n_layers=1)  # width 16, 4 heads, MLP 64, 5 tokens
    rows = {row.operation: row.flops for row in count_flops(config, 1, 5, ELEMENTWISE)}
    plain = {row.operation: row.flops for row in count_flops(config, 1, 5)}
    single = {name: rows[name] - plain.get(name, 0) for name in rows}
    assert {name: flops for name, flops in single.items() if flops} == {
        "positions": 5 * 16,
        "norms": 2 * 5 * (7 * 16 + 2),
        "final norm": 5 * (7 * 16 + 2),
        "softmax": 4 * 5 * (6 * 5 - 2),
        "activation": 9 * 5 * 64,
        "residual sums": 2 * 5 * 16,
        "biases": 5 * (3 * 16 + 16 + 64 + 16),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_elementwise_counts_do_not_affect_matmuls(kind: str) -> None:
    config = config_of(kind)
    plain, single = (count_flops(config, 2, 6, how) for how in (FORWARD, ELEMENTWISE))
    theirs = {row.operation: row for row in single}
    assert all(theirs[row.operation].flops == row.flops for row in plain if row.dimensions)
    assert sum(row.params for row in single) == sum(row.params for row in plain)
    assert flops_by_group(plain)["other"] == 0 < flops_by_group(single)["other"]


def test_elementwise_operations_are_negligible_in_large_models() -> None:
    from cs336_core.model.presets import preset

    config = preset("llama-3-8b")
    plain, single = (
        total_flops(count_flops(config, 1, 2048, how)) for how in (FORWARD, ELEMENTWISE)
    )
    assert 0.001 < single / plain - 1 < 0.01


def test_every_bias_is_added_once() -> None:
    """Once per token, except for those of inactive experts."""
    import torch

    from cs336_core.model.language_model import LanguageModel

    for kind in KINDS:
        config = config_of(kind)
        rows = {row.operation: row.flops for row in count_flops(config, 1, 1, ELEMENTWISE)}
        with torch.device("meta"):
            model = LanguageModel(config)
        added = 0
        for name, parameter in model.named_parameters():
            if name.endswith(".bias") and "norm" not in name:
                busy = 1.0
                if ".experts." in name and config.experts is not None:
                    busy = config.experts.n_active / config.experts.n_experts
                added += parameter.numel() * busy
        assert rows.get("biases", 0) == pytest.approx(added)
