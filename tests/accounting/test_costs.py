"""Time, machines and cost against published figures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from cs336_core import accounting
from cs336_core.accounting import (
    H100,
    MACHINES,
    TRAINING,
    AccountingError,
    Conventions,
    Machine,
    count_flops,
    count_parameters,
    decode,
    forward_seconds,
    kv_cache_bytes,
    machine,
    palm_training_flops,
    prefill,
    roofline,
    total_flops,
    training_bytes,
    training_flops,
    training_flops_per_token,
    training_run,
    utilization,
    weight_bytes,
)
from cs336_core.accounting.inference import part_costs
from cs336_core.accounting.roofline import in_sequence
from cs336_core.model.presets import preset

ATTENDED = Conventions(pairs="attended")
LLAMA = preset("llama-2-13b")


def test_decoding_one_sequence_is_memory_bound() -> None:
    """Llama 2 13B on an H100: the course's lecture on inference has 8.0 ms with the KV cache."""
    single = forward_seconds(13_015_864_320, 1, H100)
    assert 0.0075 < single < 0.008
    assert forward_seconds(13_015_864_320, int(H100.ridge_point()), H100) == single
    many = forward_seconds(13_015_864_320, 10 * H100.ridge_point(), H100)
    assert many == pytest.approx(10 * single)


@pytest.mark.parametrize(
    ("batch", "milliseconds", "tokens_per_second", "fits"),
    [(1, "8.0", 125, True), (64, "23.8", 2689, True), (256, "71.9", 3562, False)],
)
def test_decoding_figures_of_the_course(
    batch: int, milliseconds: str, tokens_per_second: int, fits: bool
) -> None:
    """CS336 2025, lecture 10: Llama 2 13B on an H100 with 1,024 tokens each.

    The lecture takes all weights to be read; of the input embedding, a step reads a row per token.
    """
    step = decode(LLAMA, batch, 1024, H100)
    unread = step.memory_bytes - step.moved_bytes
    assert unread == 2 * LLAMA.d_model * (LLAMA.vocab_size + 2 * LLAMA.n_layers + 1)  # and norms
    theirs = step.seconds + unread / H100.bytes_per_second
    assert f"{1000 * theirs:.1f}" == milliseconds
    assert round(batch / theirs) == tokens_per_second
    assert step.fits == fits
    assert step.roofline.bound == "memory"
    assert step.memory_bytes == 2 * 13_015_864_320 + batch * kv_cache_bytes(LLAMA, 1024)


def test_memory_at_a_batch_of_256() -> None:
    assert round(decode(LLAMA, 256, 1024, H100).memory_bytes / 1e9) == 241


def test_prefill_is_compute_bound_and_decode_memory_bound() -> None:
    read, written = prefill(LLAMA, 1, 1024, H100), decode(LLAMA, 1, 1024, H100)
    assert (read.roofline.bound, written.roofline.bound) == ("compute", "memory")
    assert read.tokens_per_second > 200 * written.tokens_per_second
    assert read.flops == total_flops(count_flops(LLAMA, 1, 1024, replace(ATTENDED, logits="last")))
    assert read.roofline.intensity > H100.ridge_point() > written.roofline.intensity
    assert 0.5 < written.roofline.intensity < 1.1


def test_bytes_moved_are_close_to_those_of_the_rows() -> None:
    rows = count_flops(LLAMA, 8, 1, ATTENDED, cached=1024)
    assert decode(LLAMA, 8, 1024, H100).moved_bytes == pytest.approx(
        sum(row.bytes for row in rows), rel=0.02
    )


def test_lower_precision_is_faster() -> None:
    assert forward_seconds(7e9, 1, H100, "fp8") == forward_seconds(7e9, 1, H100) / 2
    half, quarter = (
        decode(LLAMA, 1, 1024, H100, precision).seconds for precision in ("bf16", "fp8")
    )
    assert quarter == half / 2


def test_only_chosen_experts_are_read() -> None:
    mixtral = preset("mixtral-8x7b")
    one, many = decode(mixtral, 1, 1, H100), decode(mixtral, 4, 1, H100)
    counted = count_parameters(mixtral)
    assert one.moved_bytes == 2 * counted.in_matmuls + kv_cache_bytes(mixtral)
    in_matrices = counted.total - counted.embedding - counted.components["norms"]
    assert many.moved_bytes == 2 * in_matrices + 4 * kv_cache_bytes(mixtral)
    assert one.memory_bytes == weight_bytes(mixtral) + kv_cache_bytes(mixtral)
    assert not one.fits


@pytest.mark.parametrize(
    ("name", "percent"), [("llama-3-8b", 7), ("gemma-2b", 25), ("qwen2.5-0.5b", 34)]
)
def test_prefill_needs_the_logits_of_one_token(name: str, percent: int) -> None:
    config = preset(name)
    read = prefill(config, 1, 2048, H100)
    body = count_flops(config, 1, 2048, replace(ATTENDED, head=False))
    assert read.flops == total_flops(body) + 2 * config.d_model * config.vocab_size
    every = total_flops(count_flops(config, 1, 2048, ATTENDED))
    assert round(100 * (every / read.flops - 1)) == percent


@pytest.mark.parametrize(
    ("name", "percent"),
    [("llama-3-8b", "7.0"), ("qwen2.5-7b", "7.7"), ("llama-2-7b", "2.0"), ("gemma-2b", "0.0")],
)
def test_decode_reads_one_row_of_an_untied_embedding(name: str, percent: str) -> None:
    step = decode(preset(name), 1, 1, H100)
    assert f"{100 * (step.memory_bytes / step.moved_bytes - 1):.1f}" == percent


def test_operations_run_one_after_another() -> None:
    """With 1,024 sequences the matrices are compute-bound and attention is memory-bound."""
    step = decode(preset("llama-3-8b"), 1024, 2048, H100)
    assert step.roofline.seconds == pytest.approx(
        sum(
            roofline(*cost, H100).seconds
            for cost in part_costs(preset("llama-3-8b"), 1024, 1, cached=2048).values()
        )
    )
    assert step.seconds > 1.1 * roofline(step.flops, step.moved_bytes, H100).seconds
    assert step.roofline.bound == "memory"


def test_moving_scores_slows_prefill() -> None:
    costs = (part_costs(LLAMA, 8, 2048, moved=moved) for moved in ("vectors", "scores"))
    fused, plain = (in_sequence(parts.values(), H100).seconds for parts in costs)
    assert plain > 1.05 * fused


def test_a_roofline() -> None:
    at_ridge = roofline(1.0001 * H100.ridge_point() * 1e9, 1e9, H100)
    assert at_ridge.bound == "compute"
    assert at_ridge.seconds == pytest.approx(1e9 / H100.bytes_per_second, rel=1e-3)
    below = roofline(1, 1e9, H100)
    assert below.bound == "memory"
    assert below.seconds == 1e9 / H100.bytes_per_second
    assert roofline(0, 1, H100).intensity == 0


# Training runs


def test_seventy_billion_parameters_on_fifteen_trillion_tokens() -> None:
    run = training_run(training_flops(70e9, 15e12), H100, 1024, mfu=0.5, price_per_hour=2)
    assert round(run.days) == 144
    assert run.machine_hours == pytest.approx(run.days * 24 * 1024)
    assert run.cost == 2 * run.machine_hours
    assert training_run(1e18, H100, 2, mfu=0.5).seconds == pytest.approx(1e18 / 989e12)
    assert training_run(1e18, H100, 2, mfu=0.5).cost is None
    assert training_run(1e18, H100, 1, mfu=1, price_per_hour=0).cost == 0


def test_the_count_of_a_real_run() -> None:
    """Llama 3.1 405B: 3.8e25 FLOPs according to its paper, for 15.6 trillion tokens at 8,192."""
    flops = 15.6e12 * training_flops_per_token(
        preset("llama-3.1-405b"), 8192, replace(ATTENDED, work="training")
    )
    assert flops == pytest.approx(3.8e25, rel=0.04)


def test_palm() -> None:
    """Its section 4.1: 238.3 thousand tokens per second on 6,144 TPU v4, 46.2 %."""
    tpu = Machine("TPU v4", {"bf16": 275e12}, 1.2e12, 32e9)
    flops = palm_training_flops(540.35e9, n_layers=118, n_heads=48, d_head=256, seq_len=2048)
    assert f"{100 * utilization(238.3e3, flops, tpu, 6144):.1f}" == "46.2"


def test_hardware_utilization_includes_recomputation() -> None:
    model = training_flops_per_token(LLAMA, 4096)
    hardware = training_flops_per_token(LLAMA, 4096, replace(TRAINING, recompute="full"))
    assert 1.3 < hardware / model < 4 / 3
    assert utilization(1000, hardware, H100) > utilization(1000, model, H100)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: machine("h110"), "unknown machine 'h110'; did you mean h100"),
        (lambda: machine("abacus" * 99), "unknown machine 'abacus"),
        (MACHINES["t4"].peak, "T4 does not support bf16; it has fp16, fp32"),
        (MACHINES["t4"].ridge_point, "T4 does not support bf16"),
        (lambda: decode(LLAMA, 1, 1, MACHINES["a100"], "fp8"), "does not support fp8"),
        (lambda: forward_seconds(0, 1, H100), "params is 0; it must be a number above 0"),
        (lambda: forward_seconds(1, 0, H100), "n_tokens is 0"),
        (lambda: forward_seconds(1, -1, H100), "n_tokens is -1"),
        (lambda: forward_seconds(math.nan, 1, H100), "params is nan"),
        (lambda: forward_seconds(math.inf, 1, H100), "params is inf"),
        (lambda: forward_seconds(10**400, 1, H100), "params is a number of about 400 digits"),
        (lambda: roofline(1, 0, H100), "moved_bytes is 0; it must be a number above 0"),
        (lambda: roofline(-1, 1, H100), "flops is -1; it must be a number 0 or more"),
        (lambda: training_run(1, H100, 0, mfu=1), "n_machines is 0"),
        (lambda: training_run(1, H100, 1, mfu=0), "mfu is 0; it must be a number above 0"),
        (lambda: training_run(1, H100, 1, mfu=1.01), "mfu is 1.01; it must be .* at most 1"),
        (lambda: training_run(1, H100, 1, mfu=math.nan), "mfu is nan"),
        (lambda: training_run(1, H100, 1, mfu=1, price_per_hour=-1), "price_per_hour is -1"),
        (lambda: training_run("1", H100, 1, mfu=1), "flops is '1'"),  # type: ignore[arg-type]
        (lambda: utilization(-1, 1, H100), "tokens_per_second is -1"),
        (lambda: utilization(1, 1, H100, 0), "n_machines is 0"),
        (lambda: utilization(1e6, 1e10, H100), "are 10.1 times the bf16 peak of 1 × H100 SXM"),
        (lambda: training_bytes(-5), "params is -5; it must be a number 0 or more"),
        (lambda: training_bytes(math.nan), "params is nan"),  # type: ignore[arg-type]
        (lambda: decode(LLAMA, 1, 0, H100), "context is 0"),
        (lambda: prefill(LLAMA, 0, 1, H100), "batch is 0"),
    ],
)
def test_invalid_arguments_raise(call: Any, message: str) -> None:
    with pytest.raises(AccountingError, match=message):
        call()


def test_public_names_exist() -> None:
    assert all(hasattr(accounting, name) for name in accounting.__all__)
