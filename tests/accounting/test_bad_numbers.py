"""Every public function refuses numbers that cannot be, with a sentence that names the argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cs336_core import accounting
from cs336_core.accounting import H100, AccountingError, Conventions, StateFormats, parallel
from cs336_core.accounting.parallel import Mesh, StepPlan
from cs336_core.accounting.roofline_points import roofline_points
from cs336_core.accounting.serving import (
    Deployment,
    best_draft,
    decode_time,
    expected_tokens,
    prefill_time,
    serve,
    speculative_speedup,
)
from tests.accounting.plans import LLAMA, SERVED

PLAN = StepPlan(config=LLAMA, seq_len=512, batch=64)
Call = Callable[..., Any]
SEQUENCES: dict[str, Any] = {"config": LLAMA, "batch": 1, "seq_len": 8}
ON_H100: dict[str, Any] = {"machine": H100, "n_machines": 1}
STEP: dict[str, Any] = {"plan": PLAN, "mesh": Mesh(), "machine": H100}
SENT: dict[str, Any] = {"collective": "send", "link": H100.link(2)}
LAYER = ("batch", "seq_len", "d_model", "n_heads")
SHAPE = ("batch", "seq_len", "n_layers", "d_model", "vocab_size")


def ones(*names: str) -> dict[str, Any]:
    """Return arguments that are all 1."""
    return dict.fromkeys(names, 1.0)


# Each function with valid arguments by name; the numbers among them are replaced one by one.
SIZES: list[tuple[Call, dict[str, Any]]] = [
    (accounting.count_flops, SEQUENCES | {"cached": 2, "bytes_per_value": 2}),
    (accounting.activation_bytes, SEQUENCES | {"bytes_per_value": 2}),
    (accounting.kv_cache_bytes, {"config": LLAMA, "tokens": 1, "batch": 1, "bytes_per_value": 2}),
    (accounting.weight_bytes, {"config": LLAMA, "bytes_per_value": 2}),
    (accounting.prefill, {"config": LLAMA, "batch": 1, "seq_len": 8, "machine": H100}),
    (accounting.decode, {"config": LLAMA, "batch": 1, "context": 8, "machine": H100}),
    (accounting.attended_pairs, {"seq_len": 4, "cached": 1, "window": 3}),
    (accounting.training_flops_per_token, {"config": LLAMA, "seq_len": 8}),
    (accounting.Lora, {"rank": 4}),
    (accounting.lora_flops_per_token, {"config": LLAMA, "seq_len": 8, "lora": accounting.Lora(1)}),
    (roofline_points, {"config": LLAMA, "batch": 1, "context": 8, "machine": H100}),
    (Mesh, {"data": 1, "tensor": 1, "pipeline": 1, "context": 1, "expert": 1, "chunks": 1}),
    (StepPlan, {"config": LLAMA, "seq_len": 8, "batch": 1, "micro_batch": 1}),
    (parallel.bubble, {"stages": 2, "microbatches": 4, "chunks": 1}),
    (parallel.best_meshes, {"plan": PLAN, "machine": H100, "n_chips": 8}),
    (Deployment, {"config": LLAMA, "machine": H100, "n_chips": 1}),
    (prefill_time, {"served": SERVED, "batch": 1, "prompt": 8}),
    (decode_time, {"served": SERVED, "batch": 1, "context": 8}),
    (serve, {"served": SERVED, "prompt": 8, "answer": 8, "batch": 1}),
    (expected_tokens, {"acceptance": 0.5, "draft": 2}),
]  # fmt: skip
NUMBERS: list[tuple[Call, dict[str, Any]]] = [
    (accounting.training_bytes, {"params": 5.0}),
    (accounting.forward_flops, {"params": 5.0, "n_tokens": 1.0}),
    (accounting.training_flops, {"params": 5.0, "tokens": 1.0}),
    (accounting.training_tokens, {"flops": 5.0, "params": 1.0}),
    (accounting.kaplan_forward_flops, ones("params", "n_layers", "d_model", "seq_len")),
    (accounting.palm_training_flops, ones("params", "n_layers", "n_heads", "d_head", "seq_len")),
    (accounting.narayanan_training_flops, ones(*SHAPE)),
    (accounting.korthikanti_training_flops, ones(*SHAPE)),
    (accounting.korthikanti_hardware_flops, ones(*SHAPE)),
    (accounting.korthikanti_activation_bytes, ones(*LAYER, "tensor_parallel")),
    (accounting.chinchilla_training_flops, ones(*SHAPE[1:], "d_ff", "n_heads", "d_head")),
    (accounting.roofline, {"flops": 1.0, "moved_bytes": 1.0, "machine": H100}),
    (accounting.forward_seconds, {"params": 1.0, "n_tokens": 1.0, "machine": H100}),
    (accounting.training_run, ON_H100 | {"flops": 1.0, "mfu": 0.5, "price_per_hour": 1.0}),
    (accounting.utilization, ON_H100 | ones("tokens_per_second", "flops_per_token")),
    (accounting.flops_text, {"flops": 1.0}),
    (accounting.bytes_text, {"size": 1.0}),
    (accounting.count_text, {"count": 1.0}),
    (accounting.seconds_text, {"seconds": 1.0}),
    (accounting.percent_text, {"fraction": 0.5}),
    (parallel.collective_time, SENT | {"size": 1.0, "n_chips": 2}),
    (parallel.step_time, STEP | {"efficiency": 0.5}),
    (parallel.chips_needed, {"plan": PLAN, "machine": H100, "max_seconds": 9.0, "reserved": 0.1}),
    (parallel.largest_micro_batch, STEP | {"reserved": 0.1}),
    (SERVED.largest_batch, {"context": 10, "reserved": 0.1}),
    (speculative_speedup, {"acceptance": 0.5, "draft": 2, "cost": 0.1}),
    (best_draft, {"acceptance": 0.5, "cost": 0.1}),
]  # fmt: skip
BAD = [-1, math.nan, math.inf, "8", True, 10**400, np.float64(-2.5)]
CASES = [
    pytest.param(function, given, name, bad, id=f"{function.__name__}-{name}-{str(bad)[:5]}")
    for function, given in SIZES + NUMBERS
    for name, value in given.items()
    if isinstance(value, (int, float))
    for bad in BAD
]


@pytest.mark.parametrize(("function", "given", "name", "bad"), CASES)
def test_numbers_that_cannot_be_are_refused(
    function: Call, given: dict[str, Any], name: str, bad: Any
) -> None:
    with pytest.raises(AccountingError) as caught:
        function(**given | {name: bad})
    assert name.replace("_", " ") in str(caught.value).replace("_", " ")


@pytest.mark.parametrize(("function", "given"), SIZES, ids=[call.__name__ for call, _ in SIZES])
def test_integers_of_numpy_are_integers(function: Call, given: dict[str, Any]) -> None:
    numpy = {
        name: np.int64(value) if isinstance(value, int) else value for name, value in given.items()
    }
    assert function(**numpy) == function(**given)


def test_all_public_functions_with_numbers_are_listed() -> None:
    listed = {call.__name__ for call, _ in SIZES + NUMBERS}
    without = {
        # Their arguments are checked objects, rows, names or paths.
        "as_dicts", "count_parameters", "flops_by_group", "flops_fraction", "latex_table",
        "load_machine", "machine", "markdown_table", "posted_projection_flops", "posted_rows",
        "recount_flops", "reported_runs", "stored_weight_bytes", "total_flops", "training_state",
    }  # fmt: skip
    functions = {
        name
        for name in accounting.__all__
        if callable(getattr(accounting, name)) and name[0].islower()
    }
    assert functions - listed == without


@pytest.mark.parametrize("mfu", [10.11, 1.0001])
def test_no_run_is_faster_than_its_machines(mfu: float) -> None:
    """A utilization above 100 % is a mistake in the tokens, the FLOPs or the machines."""
    with pytest.raises(AccountingError, match="at most 1"):
        accounting.training_run(1e20, H100, 1, mfu=mfu)
    with pytest.raises(AccountingError, match="no run reaches more than 1"):
        accounting.utilization(mfu * 989e12 / 6e9, 6e9, H100)
    with pytest.raises(AccountingError, match="at most 1"):
        parallel.step_time(PLAN, Mesh(), H100, efficiency=mfu)


def test_choices_are_refused_by_name() -> None:
    for call in (
        lambda: Conventions(unit="flop"),  # type: ignore[arg-type]
        lambda: accounting.training_state(LLAMA, StateFormats(optimizer="adam")),  # type: ignore[arg-type]
        lambda: accounting.activation_bytes(LLAMA, 1, 1, implementation="hf"),  # type: ignore[arg-type]
    ):
        with pytest.raises(AccountingError, match="it must be one of"):
            call()
