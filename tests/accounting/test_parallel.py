"""Many chips: memory, communication, time and search, against published figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cs336_core.accounting import (
    H100,
    MACHINES,
    AccountingError,
    StateFormats,
    activation_bytes,
    count_parameters,
    korthikanti_activation_bytes,
    training_bytes,
    training_flops_per_token,
)
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.lora import Lora
from cs336_core.accounting.machines import Link
from cs336_core.accounting.parallel.collectives import collective_time
from cs336_core.accounting.parallel.memory import chip_activations, chip_memory
from cs336_core.accounting.parallel.mesh import Mesh, check_divides
from cs336_core.accounting.parallel.pipeline import bubble, microbatches_held
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.search import (
    best_meshes,
    chips_needed,
    divisors,
    largest_micro_batch,
)
from cs336_core.accounting.parallel.shards import chip_parameters, sharded
from cs336_core.accounting.parallel.step_time import step_time
from cs336_core.accounting.parallel.traffic import transfers
from cs336_core.model.config import ModelConfig
from cs336_core.model.presets import preset

LLAMA = preset("llama-3-8b")
LINK = Link(bytes_per_second=1e9, latency=1e-3)
PLAIN = ModelConfig(
    vocab_size=512, context_length=2048, n_layers=8, d_model=1024, n_heads=16, activation="gelu",
    norm="layernorm", positions="none", tied_embeddings=True,
)  # fmt: skip


def plan_of(config: ModelConfig = LLAMA, **changed: Any) -> StepPlan:
    return StepPlan(**({"config": config, "seq_len": 2048, "batch": 64} | changed))


# Collectives


@pytest.mark.parametrize(
    ("collective", "factor", "steps"),
    [
        ("all-gather", 7 / 8, 7), ("reduce-scatter", 7 / 8, 7), ("all-reduce", 14 / 8, 14),
        ("all-to-all", 7 / 8, 7), ("send", 1, 1),
    ],
)  # fmt: skip
def test_a_ring(collective: Any, factor: float, steps: int) -> None:
    """The factors of nccl-tests: bus bandwidth over algorithm bandwidth."""
    time = collective_time(collective, 8e9, 8, LINK, "ring")
    assert time.sent_bytes == pytest.approx(8e9 * factor)
    assert time.seconds == pytest.approx(8 * factor + steps * 1e-3)
    assert time.bound == "bandwidth"


def test_a_tree_takes_fewer_steps() -> None:
    ring, tree, faster = (
        collective_time("all-reduce", 1e3, 64, LINK, algorithm)  # type: ignore[arg-type]
        for algorithm in ("ring", "tree", "faster")
    )
    assert (ring.waiting, tree.waiting) == pytest.approx((0.126, 0.012))
    assert faster == tree
    assert faster.bound == "latency"
    large = collective_time("all-reduce", 1e10, 64, LINK)
    assert large.seconds <= collective_time("all-reduce", 1e10, 64, LINK, "tree").seconds


def test_one_chip_sends_nothing() -> None:
    assert collective_time("all-reduce", 1e9, 1, LINK).seconds == 0


def test_a_reduce_scatter_and_an_all_gather_are_an_all_reduce() -> None:
    parts = [
        collective_time(name, 1e9, 8, LINK, "ring")  # type: ignore[arg-type]
        for name in ("reduce-scatter", "all-gather", "all-reduce")
    ]
    assert parts[0].seconds + parts[1].seconds == pytest.approx(parts[2].seconds)


# Memory


def test_zero_of_the_paper() -> None:
    """ZeRO, figure 1 and table 1: 7.5 B parameters and 1 T parameters, in GB."""
    small, large = training_bytes(7_500_000_000), training_bytes(10**12)
    figure = [[round(sharded(small, 64, zero).total / 1e9, 1) for zero in (0, 1, 2, 3)]]
    assert figure == [[120.0, 31.4, 16.6, 1.9]]
    table = {4: (7000, 5500, 4000), 64: (4187, 2218, 250), 1024: (4011, 2013, 15.6)}
    for ways, row in table.items():
        ours = [sharded(large, ways, zero).total / 1e9 for zero in (1, 2, 3)]
        assert ours == pytest.approx(row, rel=0.003)


@pytest.mark.parametrize("sequence_parallel", [False, True])
def test_activations_of_tensor_parallelism(sequence_parallel: bool) -> None:
    """Korthikanti et al., table 2, without dropout and with fused attention."""
    mesh = Mesh(tensor=8, sequence_parallel=sequence_parallel)
    plan = plan_of(PLAIN, batch=1, seq_len=512)
    head = activation_bytes(PLAIN, 1, 512).head / 8
    ours = chip_activations(plan, mesh) - head
    sbh = 512 * 1024
    scores = 4 * 16 * 512 * 8 / 8  # the log-sum-exp of every query
    if sequence_parallel:
        assert ours == pytest.approx(8 * (34 - 2) * sbh / 8 + scores)
    else:
        whole = korthikanti_activation_bytes(1, 512, 1024, 16, tensor_parallel=8)
        quadratic = 5 * 16 * 512**2 / 8
        assert ours == pytest.approx(8 * (whole - quadratic - 2 * sbh) + scores)


def test_dividing_everything_divides_the_memory() -> None:
    plan = plan_of(PLAIN, batch=4, micro_batch=4)
    whole = chip_memory(plan, Mesh()).total
    for mesh in (Mesh(tensor=4), Mesh(context=4, zero=3), Mesh(data=4, zero=3)):
        part = chip_memory(replace(plan, micro_batch=4 // mesh.data), mesh)
        assert part.total - part.gathered < 0.4 * whole
    assert (
        chip_memory(replace(plan, batch=16), Mesh(data=4, zero=0)).state
        == chip_memory(plan, Mesh()).state
    )


@pytest.mark.parametrize("name", ["gpt2-small", "llama-3-70b", "mixtral-8x7b", "deepseek-v3"])
def test_chips_have_all_parameters_together(name: str) -> None:
    config = preset(name)
    total = count_parameters(config).total
    own = chip_parameters(config, Mesh())
    assert own.dense.count + own.experts.count == total
    own = chip_parameters(config, Mesh(data=8, expert=8 if config.experts else 1, tensor=4))
    n_experts = 32 * own.experts.count
    assert total <= n_experts + 4 * own.dense.count < 1.01 * total


def test_the_ends_of_a_pipeline_have_one_table_each() -> None:
    table = LLAMA.vocab_size * LLAMA.d_model
    inside = count_parameters(LLAMA).total - 2 * table
    own = chip_parameters(LLAMA, Mesh(pipeline=4)).dense.count
    assert own == pytest.approx(inside / 4 + table, rel=1e-4)
    tied = replace(LLAMA, tied_embeddings=True)
    assert chip_parameters(tied, Mesh(pipeline=4)).dense.count == own


def test_a_pipeline_holds_as_many_microbatches_as_stages() -> None:
    assert microbatches_held(8, 64) == 8
    assert microbatches_held(8, 4) == 4
    assert microbatches_held(8, 64, schedule="gpipe") == 64
    assert microbatches_held(8, 64, chunks=2) == 8 * (1 + 7 / 16)  # Korthikanti et al., 4.2.3
    plan = plan_of(PLAIN, batch=32)
    one = chip_activations(replace(plan, batch=1), Mesh())
    layers = activation_bytes(PLAIN, 1, 2048).layers
    assert chip_activations(plan, Mesh(pipeline=4)) == layers
    assert one > layers


def test_recomputation_holds_inputs_and_one_layer() -> None:
    plan = plan_of(PLAIN, batch=1, recompute="full")
    saved = activation_bytes(PLAIN, 1, 2048, recompute="full")
    one = activation_bytes(replace(PLAIN, n_layers=1), 1, 2048).layers
    norm = 2 * 2048 * 1024  # after the last layer
    assert chip_activations(plan, Mesh()) == saved.total + one + norm


def test_gradients_in_32_bits_take_more() -> None:
    wide = plan_of(formats=StateFormats(gradients="fp32"))
    n = count_parameters(LLAMA).total
    assert (
        chip_memory(wide, Mesh()).state.total - chip_memory(plan_of(), Mesh()).state.total == 2 * n
    )


# Communication


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


# Time


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


# Search


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
        (lambda: plan_of(formats=StateFormats(lora=Lora(1))), "formats has adapters"),
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
