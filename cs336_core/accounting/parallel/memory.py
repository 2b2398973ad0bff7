"""The memory of one chip of a mesh."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from cs336_core.accounting.activations import ActivationBytes, activation_bytes
from cs336_core.accounting.machines import Machine
from cs336_core.accounting.memory import TrainingBytes
from cs336_core.accounting.parallel.mesh import Mesh, check_divides
from cs336_core.accounting.parallel.pipeline import microbatches_held
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.shards import chip_parameters, chip_state
from cs336_core.model.config import ModelConfig

GATHERED_LAYERS = 2  # the one that computes and the next one, which is on its way


@dataclass(frozen=True)
class ChipMemory:
    """What the fullest chip holds at the end of a forward pass.

    Attributes:
        state: weights, gradients and the optimizer's state.
        gathered: the layers whose sharded weights are gathered at the moment, with ZeRO-3.
        activations: of all microbatches in flight.

    """

    state: TrainingBytes
    gathered: int
    activations: int

    @property
    def total(self) -> int:
        """The sum of all parts."""
        return self.state.total + self.gathered + self.activations


def chip_memory(plan: StepPlan, mesh: Mesh) -> ChipMemory:
    """Return the memory of the chip that needs the most.

    Buffers of communication, fragmentation and the runtime are not counted; leave a tenth of the
    memory for them. Raises `AccountingError` for a model or a batch that the mesh cannot divide.

    >>> from cs336_core.model.presets import preset
    >>> plan = StepPlan(config=preset("llama-3.1-405b"), seq_len=8192, batch=2048)
    >>> needed = chip_memory(plan, Mesh(data=128, tensor=8, pipeline=16))
    >>> f"{needed.state.total / 1e9:.0f} GB + {needed.activations / 1e9:.0f} GB"
    '14 GB + 82 GB'
    """
    check_divides(plan.config, plan.seq_len, mesh)
    state = chip_state(plan.config, mesh, plan.formats)
    gathered = 0
    if mesh.zero == 3 and mesh.replicas > 1:
        gathered = GATHERED_LAYERS * 2 * chip_parameters(plan.config, mesh).layer
    return ChipMemory(state, gathered, chip_activations(plan, mesh))


def chip_activations(plan: StepPlan, mesh: Mesh) -> int:
    """Return the bytes of activations on the first stage, which holds the most.

    Context parallelism divides the tokens. Tensor parallelism divides what is inside attention and
    MLP; their inputs and the norms only with sequence parallelism (Korthikanti et al. 2022,
    section 4.2). The logits are those of one microbatch, on the last stage.
    """
    tokens = ceil(plan.seq_len / mesh.context)
    saved = activation_bytes(
        plan.config,
        plan.micro_batch,
        tokens,
        recompute=plan.recompute,
        bytes_per_value=plan.width,
    )
    layers = _divided(saved, plan, mesh, plan.micro_batch * tokens)
    held = microbatches_held(mesh.pipeline, plan.microbatches(mesh), mesh.chunks)
    layers *= mesh.stage_layers(plan.config.n_layers) / plan.config.n_layers
    in_flight, head = held * layers, saved.head / mesh.tensor
    if plan.recompute == "full":  # and the layer that is being recomputed
        one = replace(plan, config=one_layer(plan.config), batch=plan.micro_batch, recompute="none")
        alone = Mesh(
            tensor=mesh.tensor, context=mesh.context, sequence_parallel=mesh.sequence_parallel
        )
        in_flight += chip_activations(one, alone)
    return ceil(in_flight + head if mesh.pipeline == 1 else max(in_flight, layers + head))


def one_layer(config: ModelConfig) -> ModelConfig:
    """Return the last layer of a model, without a head."""
    experts = config.experts
    if experts is not None and experts.n_dense_layers < config.n_layers:
        experts = replace(experts, n_dense_layers=0)
    return replace(config, n_layers=1, experts=experts, n_outputs=0)


def _divided(saved: ActivationBytes, plan: StepPlan, mesh: Mesh, tokens: int) -> float:
    """Return the bytes of all layers on one of the chips that share a tensor."""
    if mesh.sequence_parallel:
        return saved.layers / mesh.tensor
    config = plan.config
    inputs = 2 * config.n_layers * tokens * config.d_model * plan.width  # of attention and MLP
    copied = saved.norms + saved.layer_inputs + (0 if plan.recompute == "full" else inputs)
    return copied + (saved.layers - copied) / mesh.tensor


def fits(needed: ChipMemory, machine: Machine, reserved: float = 0.1) -> bool:
    """Return whether a chip has enough memory, a fraction of which is `reserved`."""
    return needed.total <= (1 - reserved) * machine.memory_bytes
