"""Serving: latency, throughput and price, against published figures and closed forms."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from torch.utils.flop_counter import FlopCounterMode

from cs336_core.accounting import (
    H100,
    MACHINES,
    AccountingError,
    count_parameters,
    decode,
    kv_cache_bytes,
    prefill,
    stored_weight_bytes,
    weight_bytes,
)
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.flops import count_flops, total_flops
from cs336_core.accounting.serving.deployment import Deployment
from cs336_core.accounting.serving.latency import (
    chip_costs,
    decode_time,
    pass_time,
    plain_latent_flops,
    prefill_time,
)
from cs336_core.accounting.serving.requests import serve, serving_points
from cs336_core.accounting.serving.speculative import (
    best_draft,
    expected_tokens,
    operations_factor,
    speculative_speedup,
)
from cs336_core.model.presets import preset
from tests.accounting.plans import LLAMA, SERVED

# One pass


@pytest.mark.parametrize("name", ["llama-3-8b", "gpt2-small", "mixtral-8x7b", "deepseek-v3"])
def test_in_16_bits_times_are_those_of_inference(name: str) -> None:
    config = preset(name)
    served = Deployment(config=config, machine=H100)
    assert decode_time(served, 8, 500).seconds == pytest.approx(
        decode(config, 8, 500, H100).seconds
    )
    assert prefill_time(served, 2, 500).seconds == pytest.approx(
        prefill(config, 2, 500, H100).seconds
    )


def test_fewer_bits_are_read_faster() -> None:
    """In decode of one sequence all layers wait for their weights."""
    quantized = Deployment(config=LLAMA, machine=H100, weights="mxfp4")
    moved = sum(size for _, size in chip_costs(quantized, 1, 1, 100).values())
    table = 2 * LLAMA.vocab_size * LLAMA.d_model
    norms = 2 * count_parameters(LLAMA).components["norms"]
    stored = stored_weight_bytes(LLAMA, "mxfp4") - table - norms  # of the embedding, one row
    assert moved == pytest.approx(stored + kv_cache_bytes(LLAMA, 100))
    halved = Deployment(config=LLAMA, machine=H100, cache="fp8")
    difference = sum(a[1] for a in chip_costs(SERVED, 4, 1, 100).values()) - sum(
        a[1] for a in chip_costs(halved, 4, 1, 100).values()
    )
    assert difference == kv_cache_bytes(LLAMA, 100, batch=4) / 2


def test_chips_share_the_work_and_sum_their_parts() -> None:
    eight = replace(SERVED, n_chips=8)
    alone, shared = prefill_time(SERVED, 1, 8192), prefill_time(eight, 1, 8192)
    assert shared.roofline.seconds == pytest.approx(alone.roofline.seconds / 8)
    buffer = 2 * 8192 * 4096
    ring = 2 * buffer * 7 / 8 / 450e9 + 14 * 3e-6
    tree = 2 * buffer / 450e9 + 6 * 3e-6
    assert shared.communicating == pytest.approx(64 * min(ring, tree))
    one = decode_time(eight, 1, 100)
    assert one.bound == "communication"  # 64 sums of 18 µs, and 0.6 ms of reading
    assert eight.cache_bytes(1, 100) == SERVED.cache_bytes(1, 100) / 8
    assert replace(SERVED, n_chips=16).cache_parts == 8  # there are eight heads to divide


@pytest.mark.parametrize("cached", [1, 20])
def test_the_plain_form_computes_all_keys_again(cached: int) -> None:
    """Against torch, on our own plain form with all latents as its input."""
    import torch

    from cs336_core.model.language_model import LanguageModel
    from tests.accounting.models import config_of

    config = config_of("latent of queries, biases", positions="none")
    served = Deployment(config=config, machine=H100, latent_form="plain")
    model = LanguageModel(config)
    attention: Any = model.blocks[0].attention
    n, keys = config.n_heads, cached + 1
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        attention.plain(
            torch.zeros(1, n, 1, 5), torch.zeros(1, n, 1, 2), torch.zeros(1, keys, 6),
            torch.zeros(1, keys, 2),
        )  # fmt: skip
    with FlopCounterMode(display=False) as of_one, torch.no_grad():
        attention.plain(
            torch.zeros(1, n, 1, 5), torch.zeros(1, n, 1, 2), torch.zeros(1, 1, 6),
            torch.zeros(1, 1, 2),
        )  # fmt: skip
    added = config.n_layers * (counter.get_total_flops() - of_one.get_total_flops())
    alone = total_flops(count_flops(config, 1, 1, Conventions(logits="last")))
    assert sum(plain_latent_flops(served, 1, 1, cached).values()) == alone + added


def test_the_absorbed_form_is_faster() -> None:
    absorbed = Deployment(config=preset("deepseek-v3"), machine=MACHINES["h200"], weights="fp8")
    plain = replace(absorbed, latent_form="plain")
    times = [decode_time(each, 32, 8192) for each in (absorbed, plain)]
    assert times[1].seconds > 2 * times[0].seconds
    assert (times[0].bound, times[1].bound) == ("memory", "compute")


# Requests


def test_a_request() -> None:
    point = serve(SERVED, 2048, 256, 32)
    assert point.first_token == prefill_time(SERVED, 1, 2048).seconds
    first, last = (decode_time(SERVED, 32, length).seconds for length in (2048, 2304))
    assert first < point.per_token < last
    assert point.memory_bytes == weight_bytes(LLAMA) + kv_cache_bytes(LLAMA, 2304, batch=32)
    total = point.prefill + 255 * point.per_token
    assert point.tokens_per_second == pytest.approx(32 * 256 / total)


def test_batches_raise_throughput_and_latency() -> None:
    points = serving_points(SERVED, 1024, 128)
    assert [each.batch for each in points][:4] == [1, 2, 4, 8]
    assert points[-1].batch == SERVED.largest_batch(1152)
    for before, after in pairwise(points):
        assert after.tokens_per_second > before.tokens_per_second
        assert after.per_token > before.per_token
        assert after.first_token == before.first_token
    assert all(each.fits for each in points)
    assert not serve(SERVED, 1024, 128, points[-1].batch + 1).fits


def test_a_model_that_does_not_fit_has_no_batch() -> None:
    large = Deployment(config=preset("llama-3-70b"), machine=H100)
    assert large.largest_batch(10) == 0
    assert [each.batch for each in serving_points(large, 8, 8)] == [1]
    assert not serving_points(large, 8, 8)[0].fits
    assert replace(large, weights="int4").largest_batch(8192) > 8
    assert replace(large, n_chips=4).largest_batch(8192) > 40


def test_the_price_pays_for_the_time() -> None:
    point = serve(SERVED, 1000, 200, 16)
    prompt, answer = point.price_per_million(3.6, 2)
    paid = prompt * point.prompt_tokens / 1e6 + answer * point.answer_tokens / 1e6
    assert paid == pytest.approx(2 * 0.001 * (point.prefill + point.decoding))
    assert serve(SERVED, 1000, 200, 1).price_per_million(3.6)[1] > 8 * answer / 2
    assert point.price_per_million(0) == (0, 0)


# Speculative decoding


@pytest.mark.parametrize(
    ("acceptance", "draft", "operations", "speed"),
    [
        (0.6, 2, 1.53, 1.96), (0.7, 3, 1.58, 2.53), (0.8, 2, 1.23, 2.44), (0.8, 5, 1.63, 3.69),
        (0.9, 2, 1.11, 2.71), (0.9, 10, 1.60, 6.86),
    ],
)  # fmt: skip
def test_leviathan(acceptance: float, draft: int, operations: float, speed: float) -> None:
    """Table 1: operations and speed, for a small model that costs nothing."""
    assert round(speculative_speedup(acceptance, draft, 0), 2) == speed
    assert round(operations_factor(acceptance, draft, 0), 2) == operations


def test_drafts() -> None:
    assert expected_tokens(0.8, 4) == pytest.approx((1 - 0.8**5) / (1 - 0.8))
    assert expected_tokens(0, 5) == 1
    assert expected_tokens(1, 5) == 6
    assert best_draft(0.5, 1) == 0  # a draft as slow as the model never pays
    assert best_draft(1, 0) == 64
    chosen = best_draft(0.8, 0.1)
    speeds = [speculative_speedup(0.8, k, 0.1) for k in (chosen - 1, chosen, chosen + 1)]
    assert max(speeds) == speeds[1] > 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Deployment(config=LLAMA, machine=H100, n_chips=3), "n_chips is 3; it must divide"),
        (lambda: Deployment(config=LLAMA, machine=H100, n_chips=0), "n_chips is 0"),
        (lambda: Deployment(config=LLAMA, machine=MACHINES["t4"]), "T4 does not support bf16"),
        (lambda: replace(SERVED, weights="int3"), "unknown format 'int3'"),
        (lambda: replace(SERVED, cache="q8"), "unknown format 'q8'"),
        (lambda: replace(SERVED, latent_form="both"), "latent_form is 'both'"),
        (lambda: prefill_time(SERVED, 1, 0), "prompt is 0"),
        (lambda: decode_time(SERVED, 0, 5), "batch is 0"),
        (lambda: decode_time(SERVED, 1, -5), "context is -5"),
        (lambda: pass_time(SERVED, 1, 0, 0), "seq_len is 0"),
        (lambda: serve(SERVED, 1, 0, 1), "answer is 0"),
        (lambda: serve(SERVED, 9, 9, 1).price_per_million(-1), "price_per_hour is -1"),
        (lambda: serve(SERVED, 9, 9, 1).price_per_million(float("nan")), "price_per_hour is nan"),
        (
            lambda: expected_tokens(1.1, 2),
            "acceptance is 1.1; it must be a number 0 or more and at",
        ),
        (lambda: expected_tokens(0.5, -1), "draft is -1"),
        (lambda: speculative_speedup(0.5, 2, float("inf")), "cost is inf"),
    ],
)
def test_invalid_arguments_raise(call: Any, message: str) -> None:
    with pytest.raises(AccountingError) as caught:
        call()
    assert message in str(caught.value)
