"""The parameters of one chip, and what it stores for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from cs336_core.accounting.formats import format_named
from cs336_core.accounting.lora import Lora, lora_parameters
from cs336_core.accounting.matrices import Matrices, Parameters, parameters_by_shape
from cs336_core.accounting.memory import TrainingBytes
from cs336_core.accounting.parallel.mesh import Mesh, Zero
from cs336_core.accounting.training_state import UNQUANTIZED, StateFormats, state_of
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class ChipParameters:
    """The parameters of the fullest chip before replicas shard them.

    Attributes:
        dense: all but routed experts; `mesh.replicas` chips have the same.
        experts: routed experts; `mesh.replicas / mesh.expert` chips have the same.
        layer: the largest number of parameters of one layer, which is gathered at a time.

    """

    dense: Parameters
    experts: Parameters
    layer: int


def chip_parameters(config: ModelConfig, mesh: Mesh, lora: Lora | None = None) -> ChipParameters:
    """Return the parameters of the chip that has the most, or those of its adapters.

    Tensor parallelism divides matrices, stages divide layers; the first stage also has the
    embedding and the last one the LM head, so a single stage has both. Vectors are copied. Adapters
    are divided like other matrices, the thinner ones along their rank.

    >>> from cs336_core.model.presets import preset
    >>> count = chip_parameters(preset("llama-3-8b"), Mesh(tensor=8)).dense.count
    >>> f"{count / 1e9:.3f}"  # 8.03 / 8
    '1.004'
    """
    parameters = parameters_by_shape(config) if lora is None else lora_parameters(config, lora)
    inside = [each for each in parameters.matrices if each.in_layers]
    routed = [each for each in inside if each.operation.startswith("expert ")]
    outside = [each for each in parameters.matrices if not each.in_layers]
    if mesh.pipeline > 1 and not config.tied_embeddings:
        # The larger end: embedding and positions, or the head.
        ends = [[each for each in outside if (each.component == "head") == last] for last in (0, 1)]
        outside = max(ends, key=lambda end: sum(each.params for each in end))
    stage = mesh.stage_layers(config.n_layers) / config.n_layers
    dense = [_part(each, mesh.tensor, stage) for each in inside if each not in routed]
    dense += [_part(each, mesh.tensor, 1) for each in outside]
    vectors = ceil(parameters.vectors * stage)
    per_layer = sum(each.params for each in inside) / config.n_layers / mesh.tensor
    return ChipParameters(
        dense=Parameters(tuple(dense), vectors),
        experts=Parameters(
            tuple(_part(each, mesh.tensor, stage / mesh.expert) for each in routed), 0
        ),
        layer=ceil(per_layer / mesh.expert if routed else per_layer),
    )


def sharded(state: TrainingBytes, ways: int, zero: Zero) -> TrainingBytes:
    """Return what each of `ways` replicas stores of a training state.

    Rajbhandari et al. (2020, "ZeRO", section 5): stage 1 divides the optimizer's state and the
    master weights, stage 2 also the gradients, stage 3 also the weights.

    >>> from cs336_core.accounting.memory import training_bytes
    >>> state = training_bytes(7_500_000_000)  # figure 1 of the paper: 120, 31.4, 16.6, 1.9 GB
    >>> [round(sharded(state, 64, zero).total / 1e9, 1) for zero in (0, 1, 2, 3)]
    [120.0, 31.4, 16.6, 1.9]
    """
    return TrainingBytes(
        weights=ceil(state.weights / ways) if zero >= 3 else state.weights,
        gradients=ceil(state.gradients / ways) if zero >= 2 else state.gradients,
        master_weights=ceil(state.master_weights / ways) if zero >= 1 else state.master_weights,
        optimizer=ceil(state.optimizer / ways) if zero >= 1 else state.optimizer,
    )


@dataclass(frozen=True)
class Group:
    """Parameters of the fullest chip that some other chips also have.

    Attributes:
        name: "dense" or "expert".
        n_chips: how many chips have them.
        parameters: the parameters.
        adapters: their adapters, if these are trained in their place.

    """

    name: str
    n_chips: int
    parameters: Parameters
    adapters: Parameters | None

    def state(self, formats: StateFormats) -> TrainingBytes:
        """Return their training state before it is sharded."""
        return state_of(self.parameters, self.adapters, formats)

    def updated_bytes(self, formats: StateFormats) -> int:
        """Return the bytes of the weights that a step changes."""
        if self.adapters is None:
            return self.state(formats).weights
        return format_named(UNQUANTIZED).bytes(self.adapters.count)


def chip_groups(config: ModelConfig, mesh: Mesh, formats: StateFormats) -> tuple[Group, Group]:
    """Return the parameters of the fullest chip by how many chips have them."""
    own = chip_parameters(config, mesh)
    dense = experts = None
    if formats.lora is not None:
        adapters = chip_parameters(config, mesh, formats.lora)
        dense, experts = adapters.dense, adapters.experts
    return (
        Group("dense", mesh.replicas, own.dense, dense),
        Group("expert", mesh.replicas // mesh.expert, own.experts, experts),
    )


def chip_state(config: ModelConfig, mesh: Mesh, formats: StateFormats) -> TrainingBytes:
    """Return the training state of the fullest chip.

    Raises `AccountingError` as `training_state` does.
    """
    dense, experts = (
        sharded(group.state(formats), group.n_chips, mesh.zero)
        for group in chip_groups(config, mesh, formats)
    )
    return TrainingBytes(
        weights=dense.weights + experts.weights,
        gradients=dense.gradients + experts.gradients,
        master_weights=dense.master_weights + experts.master_weights,
        optimizer=dense.optimizer + experts.optimizer,
    )


def _part(matrices: Matrices, tensor: int, fraction: float) -> Matrices:
    """Return the matrices of one chip: narrower by `tensor`, and a fraction of their number."""
    return replace(
        matrices,
        columns=ceil(matrices.columns / tensor),
        count=ceil(round(matrices.count * fraction, 6)),  # 0.1 * 30 is 3, and not 4
    )
