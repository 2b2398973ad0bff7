"""What the chips of a mesh send, and how long a step takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cs336_core.accounting import (
    H100,
    count_parameters,
    training_flops_per_token,
)
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.parallel.mesh import Mesh
from cs336_core.accounting.parallel.pipeline import bubble
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.step_time import step_time
from cs336_core.accounting.parallel.traffic import transfers
from cs336_core.model.presets import preset
from tests.accounting.plans import LLAMA, PLAIN, plan_of


def sent(plan: StepPlan, mesh: Mesh, dimension: str) -> float:
    """Return the bytes that a chip sends in a step along a dimension."""
    return sum(
        each.time(mesh, H100).sent_bytes
        for each in transfers(plan, mesh)
        if each.dimension == dimension
    )


@pytest.mark.parametrize(("zero", "values"), [(0, 2), (1, 2), (2, 2), (3, 3)])
def test_zero_sends_two_or_three_values_per_parameter(zero: Any, values: int) -> None:
    """ZeRO, section 7: stage 3 sends half as much again."""
    plan = plan_of(batch=8)
    n = count_parameters(LLAMA).total
    assert sent(plan, Mesh(data=8, zero=zero), "data") == pytest.approx(
        2 * values * n * 7 / 8, rel=0.15
    )
    assert sent(replace(plan, batch=32), Mesh(data=8, zero=zero), "data") == pytest.approx(
        {0: 2, 1: 2, 2: 5, 3: 12}[zero] * 2 * n * 7 / 8, rel=0.15
    )


def test_tensors_send_four_sums_per_layer() -> None:
    """Megatron-LM, section 3: two all-reduces forward and two backward."""
    plan = plan_of(PLAIN, batch=2)
    summed = [(each.collective, each.count) for each in transfers(plan, Mesh(tensor=4))]
    assert summed == [("all-gather", 8 * 2 * 4), ("reduce-scatter", 8 * 2 * 4)]
    (alone,) = transfers(plan, Mesh(tensor=4, sequence_parallel=False))
    assert (alone.collective, alone.count, alone.size) == ("all-reduce", 64, 2048 * 1024 * 2)
    again = replace(plan, recompute="full")
    mesh = Mesh(tensor=4)
    assert sent(again, mesh, "tensor") == 1.5 * sent(plan, mesh, "tensor")


def test_experts_send_every_token_to_each_of_its_experts() -> None:
    mixtral = preset("mixtral-8x7b")
    plan = plan_of(mixtral, batch=8)
    expected = 32 * 2 * 2 * 2048 * 2 * 4096 * 2 * 7 / 8
    assert sent(plan, Mesh(data=8, expert=8), "expert") == pytest.approx(expected)


def test_shared_keys_make_ring_attention_cheap() -> None:
    mesh = Mesh(context=8)
    grouped, alone = plan_of(batch=1), plan_of(replace(LLAMA, n_kv_heads=32), batch=1)
    assert sent(alone, mesh, "context") == 4 * sent(grouped, mesh, "context")
    assert sent(grouped, mesh, "context") == pytest.approx(3 * 128 * 1024 * 2048 * 7 / 8)


def test_stages_send_each_microbatch_twice() -> None:
    plan = plan_of(PLAIN, batch=16)
    assert sent(plan, Mesh(pipeline=4), "pipeline") == 2 * 16 * 2048 * 1024 * 2
    assert sent(plan, Mesh(pipeline=4, chunks=2), "pipeline") == 4 * 16 * 2048 * 1024 * 2


def test_bubbles() -> None:
    """Narayanan et al. (2021), section 2.2: (p - 1) / m, and v times less when interleaved."""
    assert bubble(8, 64) == 7 / 64
    assert bubble(8, 64, chunks=4) == 7 / 256
    assert bubble(1, 5) == 0


def test_one_chip_computes_all_the_time() -> None:
    plan = plan_of(batch=2)
    step = step_time(plan, Mesh(), H100)
    model = Conventions(work="training", pairs="attended")
    flops = 2 * 2048 * training_flops_per_token(LLAMA, 2048, model)
    assert step.seconds == pytest.approx(flops / 989e12)
    assert (step.bound, step.mfu) == ("computing", pytest.approx(1))
    half = step_time(plan, Mesh(), H100, efficiency=0.5)
    assert half.seconds == 2 * step.seconds
    assert half.mfu == pytest.approx(0.5)
    assert step_time(replace(plan, recompute="full"), Mesh(), H100).mfu == pytest.approx(
        0.76, abs=0.01
    )


def test_all_dimensions_divide_the_work() -> None:
    plan = plan_of(seq_len=8192)
    alone = step_time(plan, Mesh(), H100).computing
    for mesh in (Mesh(data=4), Mesh(tensor=4), Mesh(pipeline=4), Mesh(context=4)):
        step = step_time(plan, mesh, H100)
        assert step.computing == pytest.approx(alone / 4)
        assert step.seconds >= step.computing


def test_a_stage_with_more_layers_sets_the_pace() -> None:
    """126 layers in 16 stages take as long as 128."""
    plan = plan_of(preset("llama-3.1-405b"), batch=16)
    uneven = step_time(plan, Mesh(pipeline=16), H100)
    even = step_time(plan, Mesh(), H100)
    assert uneven.computing == pytest.approx(even.computing / 16 * 128 / 126)


def test_tensors_across_nodes_wait_for_the_network() -> None:
    plan = plan_of(seq_len=8192, batch=16)
    inside, across = (step_time(plan, Mesh(tensor=t), H100) for t in (8, 16))
    assert inside.bound == "computing"
    assert across.bound == "tensor"
    assert across.seconds > inside.seconds


def test_llama_3_at_16_384_gpus() -> None:
    """Llama 3, table 4: tensor 8, pipeline 16, 43 % MFU on 8,192 and 41 % on 16,384 GPUs."""
    plan = StepPlan(config=preset("llama-3.1-405b"), seq_len=8192, batch=2048)
    utilized = [
        step_time(plan, Mesh(data=data, tensor=8, pipeline=16), H100, efficiency=0.75).mfu
        for data in (64, 128)
    ]
    assert utilized[0] > utilized[1]  # half as many microbatches, and a larger bubble
    assert utilized == pytest.approx([0.43, 0.41], abs=0.12)
