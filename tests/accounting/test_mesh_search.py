"""The best mesh, the fewest chips, the largest batch; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.accounting import (
    H100,
    MACHINES,
    AccountingError,
    StateFormats,
    count_parameters,
    training_bytes,
)
from cs336_core.accounting.machines import Link
from cs336_core.accounting.parallel.collectives import collective_time
from cs336_core.accounting.parallel.memory import chip_memory
from cs336_core.accounting.parallel.mesh import Mesh, check_divides
from cs336_core.accounting.parallel.pipeline import bubble
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.search import (
    best_meshes,
    chips_needed,
    divisors,
    largest_micro_batch,
)
from cs336_core.accounting.parallel.step_time import step_time
from cs336_core.model.presets import preset
from tests.accounting.plans import LLAMA, plan_of

LINK = Link(bytes_per_second=1e9, latency=1e-3)


def test_the_best_mesh_of_a_small_model_is_data_parallel() -> None:
    small = StepPlan(config=preset("gpt2-small"), seq_len=1024, batch=512)
    best = best_meshes(small, H100, 8)[0]
    assert best.mesh == Mesh(data=8)
    assert best.time is not None
    assert best.time.mfu > 0.99


def test_every_mesh_is_ranked_or_rejected_with_a_reason() -> None:
    found = best_meshes(plan_of(preset("llama-3-70b"), seq_len=8192, batch=96), H100, 24)
    times = [each.time.seconds for each in found if each.time is not None]
    assert times == pytest.approx(sorted(times), rel=0.01)
    assert all(each.mesh.n_chips == 24 for each in found)
    assert len({each.mesh for each in found}) == len(found)
    rejected = [each.reason for each in found if each.time is None]
    assert any("reserved" in reason for reason in rejected)
    assert any("the model has only" in each or "must divide" in each for each in rejected)
    first_rejected = next(i for i, each in enumerate(found) if each.time is None)
    assert all(each.time is None for each in found[first_rejected:])


def test_llama_3_70b_needs_32_gpus_of_80_gb() -> None:
    plan = StepPlan(config=preset("llama-3-70b"), seq_len=8192, batch=128)
    needed = chips_needed(plan, H100)
    assert needed.mesh.n_chips == 32
    state = training_bytes(count_parameters(preset("llama-3-70b")).total).total
    assert 16 * 0.9 * H100.memory_bytes > state  # but not with activations
    faster = chips_needed(plan, H100, max_seconds=needed.time.seconds / 3)  # type: ignore[union-attr]
    assert faster.mesh.n_chips > 64
    with pytest.raises(AccountingError, match="no number of RTX 4090 up to 8 is enough"):
        chips_needed(plan, MACHINES["rtx-4090"])


def test_the_largest_batch_fits_and_the_next_does_not() -> None:
    mesh = Mesh(data=8, zero=3)
    largest = largest_micro_batch(plan_of(), mesh, H100)
    sizes = [
        chip_memory(plan_of(batch=8 * n, micro_batch=n), mesh).total for n in (largest, largest + 1)
    ]
    assert sizes[0] <= 0.9 * H100.memory_bytes < sizes[1]
    assert largest_micro_batch(plan_of(preset("llama-3-70b")), Mesh(), H100) == 0


def test_divisors() -> None:
    assert divisors(1) == [1]
    assert divisors(36) == [1, 2, 3, 4, 6, 9, 12, 18, 36]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Mesh(data=0), "data is 0; it must be a whole number from 1"),
        (lambda: Mesh(zero=4), "zero is 4; it must be one of 0, 1, 2, 3"),  # type: ignore[arg-type]
        (lambda: Mesh(data=4, expert=3), "expert is 3; it must divide data × context, which is 4"),
        (lambda: Mesh(chunks=2), "chunks is 2, but there is one pipeline stage"),
        (lambda: Mesh(sequence_parallel="no"), "it must be True or False"),  # type: ignore[arg-type]
        (lambda: check_divides(LLAMA, 64, Mesh(tensor=3)), "tensor is 3; it must divide the 32 he"),
        (lambda: check_divides(LLAMA, 64, Mesh(context=3)), "must divide the 64 tokens of a seq"),
        (lambda: check_divides(LLAMA, 64, Mesh(pipeline=33)), "the model has only 32 layers"),
        (lambda: check_divides(LLAMA, 64, Mesh(data=2, expert=2)), "the model has no experts"),
        (
            lambda: check_divides(preset("mixtral-8x7b"), 64, Mesh(data=3, expert=3)),
            "expert is 3; it must divide the 8 experts",
        ),
        (lambda: step_time(plan_of(), Mesh(data=7), H100), "the batch has 64 sequences; data × m"),
        (lambda: step_time(plan_of(), Mesh(), H100, efficiency=1.1), "efficiency is 1.1"),
        (lambda: step_time(plan_of(), Mesh(data=16), MACHINES["t4"]), "T4 does not support bf16"),
        (lambda: plan_of(batch=-1), "batch is -1"),
        (lambda: plan_of(formats=StateFormats(weights="int4")), "so train adapters beside them"),
        (lambda: collective_time("scan", 1, 2, LINK), "collective is 'scan'"),  # type: ignore[arg-type]
        (lambda: collective_time("send", -1, 2, LINK), "size is -1"),
        (lambda: bubble(0, 1), "stages is 0"),
        (lambda: best_meshes(plan_of(), H100, 0), "n_chips is 0"),
        (lambda: best_meshes(plan_of(), H100, 1, reserved=1), "reserved is 1"),
        (lambda: chips_needed(plan_of(), H100, max_seconds=0), "max_seconds is 0"),
    ],
)
def test_invalid_arguments_raise(call: Any, message: str) -> None:
    with pytest.raises(AccountingError) as caught:
        call()
    assert message in str(caught.value)
