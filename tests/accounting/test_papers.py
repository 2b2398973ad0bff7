"""The formulas of papers are special cases of the count, under their assumptions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from cs336_core.accounting import (
    TRAINING,
    AccountingError,
    Conventions,
    activation_bytes,
    count_flops,
    count_parameters,
    flops_by_group,
    forward_flops,
    kaplan_forward_flops,
    korthikanti_activation_bytes,
    korthikanti_training_flops,
    narayanan_training_flops,
    palm_training_flops,
    total_flops,
    training_flops,
    training_flops_per_token,
    training_tokens,
)
from cs336_core.model.config import ModelConfig
from cs336_core.model.presets import preset

RECOMPUTED = Conventions(work="training", recompute="full")
PLAIN = ModelConfig(
    vocab_size=51200, context_length=4096, n_layers=96, d_model=12288, n_heads=96,
    activation="gelu", positions="none", tied_embeddings=True,
)  # fmt: skip
of_each_length = pytest.mark.parametrize("seq_len", [1, 512, 2048])


@of_each_length
def test_narayanan_and_korthikanti(seq_len: int) -> None:
    shape = (3, seq_len, 96, 12288, 51200)
    recomputed = count_flops(PLAIN, 3, seq_len, RECOMPUTED)
    assert total_flops(recomputed) == pytest.approx(narayanan_training_flops(*shape), rel=1e-12)
    trained = count_flops(PLAIN, 3, seq_len, TRAINING)
    assert total_flops(trained) == pytest.approx(korthikanti_training_flops(*shape), rel=1e-12)


def test_narayanan_does_not_hold_for_other_architectures() -> None:
    """Llama's MLP has three matrices and its keys are shared."""
    llama = preset("llama-3-8b")
    counted = total_flops(count_flops(llama, 1, 8192, RECOMPUTED))
    theirs = narayanan_training_flops(1, 8192, 32, 4096, 128256)
    assert theirs / counted == pytest.approx(0.944, abs=0.001)


@of_each_length
def test_six_flops_per_parameter_and_token_without_scores(seq_len: int) -> None:
    config = replace(PLAIN, norm="layernorm")
    rows = count_flops(config, 2, seq_len, TRAINING)
    n = count_parameters(config).in_matmuls
    products = total_flops(rows) - flops_by_group(rows)["scores"]
    assert products == training_flops(n, 2 * seq_len)
    forward = count_flops(config, 2, seq_len)
    assert total_flops(forward) - flops_by_group(forward)["scores"] == forward_flops(n, 2 * seq_len)


def test_where_six_n_d_fails() -> None:
    """Short texts on a large model, long ones on a small model, and experts."""

    def missed(name: str, seq_len: int) -> float:
        config = preset(name)
        counted = training_flops_per_token(config, seq_len)
        return 1 - training_flops(count_parameters(config).total, 1) / counted

    assert abs(missed("gpt3-175b", 2048)) < 0.03
    assert missed("qwen2.5-0.5b", 32768) > 0.6
    assert missed("deepseek-v3", 4096) < -10  # it counts inactive experts


@of_each_length
def test_kaplan_leaves_out_the_values(seq_len: int) -> None:
    """N without embeddings; it includes half of scores and values, 4 L s h."""
    rows = flops_by_group(count_flops(PLAIN, 1, seq_len, Conventions(head=False)))
    n = count_parameters(PLAIN)
    n = n.in_matmuls - PLAIN.vocab_size * PLAIN.d_model
    products = rows["projections"] + rows["mlp"]
    theirs = seq_len * kaplan_forward_flops(n, 96, 12288, seq_len)
    assert theirs == products + rows["scores"] / 2


@of_each_length
def test_palm_has_all_pairs_of_tokens(seq_len: int) -> None:
    n = count_parameters(PLAIN).in_matmuls
    theirs = palm_training_flops(n, 96, 96, 128, seq_len)
    assert theirs == training_flops_per_token(PLAIN, seq_len)
    half = training_flops_per_token(PLAIN, seq_len, Conventions(work="training", pairs="attended"))
    assert half == 6 * n + (theirs - 6 * n) * (seq_len + 1) / (2 * seq_len)


@of_each_length
def test_korthikanti_activations(seq_len: int) -> None:
    config = replace(PLAIN, n_layers=2)
    saved = activation_bytes(config, 3, seq_len, fused_attention=False, dropout=True)
    assert saved.layers == 2 * korthikanti_activation_bytes(3, seq_len, 12288, 96)
    selective = activation_bytes(config, 3, seq_len, recompute="selective", dropout=True)
    assert selective.layers == 2 * 34 * 3 * seq_len * 12288
    full = activation_bytes(config, 3, seq_len, recompute="full", dropout=True)
    assert full.layers == 2 * 2 * 3 * seq_len * 12288


def test_korthikanti_on_several_chips() -> None:
    """Inputs and outputs of sublayers are replicated, everything inside is split by t."""
    whole, eighth = (
        korthikanti_activation_bytes(1, 2048, 12288, 96, tensor_parallel=t) for t in (1, 8)
    )
    sbh = 2048 * 12288
    assert eighth - 10 * sbh == (whole - 10 * sbh) / 8


def test_budget_and_tokens() -> None:
    assert training_flops(70e9, 1.4e12) == pytest.approx(5.76e23, rel=0.03)  # Chinchilla, Gopher
    assert training_flops(405e9, 15.6e12) == pytest.approx(3.8e25, rel=0.01)  # Llama 3.1 405B
    assert training_tokens(5.76e23, 70e9) == pytest.approx(1.4e12, rel=0.03)
    with pytest.raises(AccountingError, match="params is 0; it must be a number above 0"):
        training_tokens(1e20, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forward_flops(math.nan, 1), "params is nan; it must be a number 0 or more"),
        (lambda: forward_flops(1, -1), "n_tokens is -1"),
        (lambda: training_flops(-1, 1), "params is -1"),
        (lambda: training_tokens(math.inf, 1), "flops is inf"),
        (lambda: kaplan_forward_flops(1, -1, 1, 1), "n_layers is -1"),
        (lambda: narayanan_training_flops(1, 1, 0, 1, 1), "n_layers is 0; it must be .* above 0"),
        (lambda: korthikanti_training_flops(1, 1, 1, 0, 1), "d_model is 0"),
        (lambda: korthikanti_activation_bytes(1, 1, 1, 1, tensor_parallel=0), "tensor_parallel is"),
        (lambda: palm_training_flops(1, 1, 1, 1, -1), "seq_len is -1"),
    ],
)
def test_invalid_numbers_raise(call: Any, message: str) -> None:
    with pytest.raises(AccountingError, match=message):
        call()
