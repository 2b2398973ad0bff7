"""The memory of one chip of a mesh, against the tables of ZeRO and Megatron."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs336_core.accounting import (
    StateFormats,
    activation_bytes,
    count_parameters,
    korthikanti_activation_bytes,
    training_bytes,
)
from cs336_core.accounting.parallel.memory import chip_activations, chip_memory
from cs336_core.accounting.parallel.mesh import Mesh
from cs336_core.accounting.parallel.pipeline import microbatches_held
from cs336_core.accounting.parallel.shards import chip_parameters, sharded
from cs336_core.model.presets import preset
from tests.accounting.plans import LLAMA, PLAIN, plan_of


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
