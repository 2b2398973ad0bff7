"""What one chip sends in a training step, by the dimension of the mesh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cs336_core.accounting.feed_forward import layer_kinds
from cs336_core.accounting.machines import Machine
from cs336_core.accounting.memory import kv_cache_bytes
from cs336_core.accounting.parallel.collectives import (
    Collective,
    CollectiveTime,
    collective_time,
)
from cs336_core.accounting.parallel.mesh import Dimension, Mesh
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.shards import chip_groups


@dataclass(frozen=True)
class Transfer:
    """A collective that is repeated in a step.

    Attributes:
        dimension: the dimension of the mesh along which chips communicate.
        collective: what they do.
        size: the bytes of the buffer, as `collective_time` defines it.
        n_chips: how many of them.
        count: how often in a step.
        what: what is sent.

    """

    dimension: Dimension
    collective: Collective
    size: float
    n_chips: int
    count: int
    what: str

    def time(self, mesh: Mesh, machine: Machine) -> CollectiveTime:
        """Return the time of all repetitions."""
        link = mesh.link(self.dimension, machine)
        one = collective_time(self.collective, self.size, self.n_chips, link)
        return CollectiveTime(
            self.count * one.sent_bytes, self.count * one.moving, self.count * one.waiting
        )


def transfers(plan: StepPlan, mesh: Mesh) -> list[Transfer]:
    """Return all transfers of the fullest stage in one step, including recomputation.

    The embedding and the head of tensor parallelism are left out: two more where each layer has
    four or six. Raises `AccountingError` for a batch that the mesh cannot divide.

    >>> from cs336_core.model.presets import preset
    >>> plan = StepPlan(config=preset("llama-3-8b"), seq_len=8192, batch=8)
    >>> [(each.collective, each.count) for each in transfers(plan, Mesh(data=8, zero=3))]
    [('all-gather', 2), ('reduce-scatter', 1)]
    """
    found: list[Transfer] = []
    if mesh.tensor > 1:
        found += _tensor(plan, mesh)
    if mesh.context > 1:
        found += _context(plan, mesh)
    if mesh.expert > 1 and plan.config.experts is not None:
        found.append(_expert(plan, mesh, plan.config.experts.n_active))
    if mesh.replicas > 1:
        found += _replicas(plan, mesh)
    if mesh.pipeline > 1:
        count = 2 * mesh.chunks * plan.microbatches(mesh)  # forward and backward
        size = _activation(plan, mesh) / (mesh.tensor if mesh.sequence_parallel else 1)
        found.append(Transfer("pipeline", "send", size, mesh.pipeline, count, "activations"))
    return found


def _activation(plan: StepPlan, mesh: Mesh) -> float:
    """Return the bytes of the residual stream of a microbatch, on the chips of one context part."""
    tokens = plan.micro_batch * plan.seq_len / mesh.context
    return tokens * plan.config.d_model * plan.width


def _passes(plan: StepPlan) -> int:
    """Return how often the forward pass's communication happens: again backward and recomputed."""
    return 3 if plan.recompute == "full" else 2


def _tensor(plan: StepPlan, mesh: Mesh) -> Iterator[Transfer]:
    """Yield the sums after attention and MLP (Shoeybi et al. 2019, section 3).

    With sequence parallelism each all-reduce becomes a reduce-scatter and an all-gather, which send
    as much (Korthikanti et al. 2022, section 4.2.2).
    """
    layers = mesh.stage_layers(plan.config.n_layers)
    count = 2 * layers * plan.microbatches(mesh) * _passes(plan)
    kinds: tuple[Collective, ...] = ("all-reduce",)
    if mesh.sequence_parallel:
        kinds = ("all-gather", "reduce-scatter")
    for kind in kinds:
        yield Transfer("tensor", kind, _activation(plan, mesh), mesh.tensor, count, "activations")


def _context(plan: StepPlan, mesh: Mesh) -> Iterator[Transfer]:
    """Yield keys and values, which every chip of a sequence sees, and their gradients."""
    config = plan.config
    layers = mesh.stage_layers(config.n_layers)
    count = layers * plan.microbatches(mesh)
    per_token = kv_cache_bytes(config, bytes_per_value=plan.width) / config.n_layers
    shared_by = min(mesh.tensor, 1 if config.latent is not None else config.kv_heads)
    size = plan.micro_batch * plan.seq_len * per_token / shared_by
    n = mesh.context
    yield Transfer("context", "all-gather", size, n, _passes(plan) * count, "keys and values")
    yield Transfer("context", "reduce-scatter", size, n, count, "their gradients")


def _expert(plan: StepPlan, mesh: Mesh, n_active: int) -> Transfer:
    """Return the tokens that go to their experts and back (Lepikhin et al. 2020, "GShard")."""
    config = plan.config
    _, mixed = layer_kinds(config)
    layers = min(mixed, mesh.stage_layers(config.n_layers))
    count = 2 * layers * plan.microbatches(mesh) * _passes(plan)
    size = _activation(plan, mesh) * n_active
    size /= mesh.tensor if mesh.sequence_parallel else 1
    return Transfer("expert", "all-to-all", size, mesh.expert, count, "tokens")


def _replicas(plan: StepPlan, mesh: Mesh) -> Iterator[Transfer]:
    """Yield gradients and weights of data parallelism (Rajbhandari et al. 2020, section 7).

    Stages 0 to 2 send two values per parameter and step, stage 3 three. Stages 2 and 3 reduce the
    gradients of every microbatch, and stage 3 gathers the weights for each, forward and backward.
    Only adapters, if there are any, have gradients and are updated.
    """
    microbatches = plan.microbatches(mesh)
    for group in chip_groups(plan.config, mesh, plan.formats):
        state, n = group.state(plan.formats), group.n_chips
        gradients, weights = f"{group.name} gradients", f"{group.name} weights"
        if mesh.zero == 0:
            found = [Transfer("data", "all-reduce", state.gradients, n, 1, gradients)]
        else:
            size = state.weights if mesh.zero == 3 else group.updated_bytes(plan.formats)
            gathers = 2 * microbatches if mesh.zero == 3 else 1
            reductions = microbatches if mesh.zero >= 2 else 1
            found = [
                Transfer("data", "all-gather", size, n, gathers, weights),
                Transfer("data", "reduce-scatter", state.gradients, n, reductions, gradients),
            ]
        yield from (each for each in found if n > 1 and each.size)
