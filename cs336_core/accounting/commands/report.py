"""A complete report on a model: parameters, FLOPs, memory, time, and a training run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cs336_core._shared.validation import check_number
from cs336_core.accounting.activations import ActivationBytes, activation_bytes
from cs336_core.accounting.conventions import FORWARD, TRAINING, Conventions
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.flops import FlopRow, count_flops, total_flops
from cs336_core.accounting.implementations import Implementation
from cs336_core.accounting.inference import PARTS, forward_step
from cs336_core.accounting.machines import BYTES, Machine, Precision
from cs336_core.accounting.memory import TrainingBytes, kv_cache_bytes, weight_bytes
from cs336_core.accounting.parameters import ParameterCount, count_parameters
from cs336_core.accounting.roofline import Roofline, in_sequence
from cs336_core.accounting.training import TrainingRun, training_flops_per_token, training_run
from cs336_core.accounting.training_state import StateFormats, training_state
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A model, its input, the conventions of the count, and a machine."""

    config: ModelConfig
    machine: Machine
    seq_len: int
    batch: int = 1
    cached: int = 0
    precision: Precision = "bf16"
    conventions: Conventions = FORWARD
    formats: StateFormats = field(default_factory=StateFormats)
    implementation: Implementation = "textbook"

    def rows(self, conventions: Conventions) -> list[FlopRow]:
        """Count the FLOPs by the given conventions."""
        return count_flops(
            self.config,
            self.batch,
            self.seq_len,
            conventions,
            cached=self.cached,
            bytes_per_value=BYTES[self.precision],
        )


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """A training run to plan; `mfu` is the fraction of the machines' peak that it reaches."""

    tokens: float
    n_machines: int = 1
    mfu: float = 0.4
    price_per_hour: float | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The costs of a workload.

    Attributes:
        rows: the cost of each operation, by the requested conventions.
        parameters: parameter counts.
        weights: bytes of all weights.
        cache: bytes of the KV cache; 0 for training.
        training: the training state; `None` for inference.
        activations: activation memory; `None` for inference.
        memory: bytes of everything that must fit into memory.
        fits: whether it fits into the memory of one machine.
        largest_batch: the most sequences of this length that fit; 0 if not even one does.
        roofline: the minimum time of the pass on one machine.
        tokens_per_second: new tokens of all sequences.
        run: the planned training run.

    """

    rows: list[FlopRow]
    parameters: ParameterCount
    weights: int
    cache: int
    training: TrainingBytes | None
    activations: ActivationBytes | None
    memory: int
    fits: bool
    largest_batch: int
    roofline: Roofline
    tokens_per_second: float
    run: TrainingRun | None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary for JSON."""
        report = asdict(self)
        report["parameters"]["non_embedding"] = self.parameters.non_embedding
        report["flops"] = total_flops(self.rows)
        return report


def report(workload: Workload, plan: TrainingPlan | None = None) -> Report:
    """Compute the costs of a workload and, if there is a plan, of a training run.

    Times are lower bounds, whatever the conventions: they include only attended pairs, and in a
    forward pass only the logits of the last token. Raises as `count_flops` and `Machine.peak` do,
    and `AccountingError` for training with a cache.
    """
    config, machine, precision = workload.config, workload.machine, workload.precision
    conventions = workload.conventions
    machine.peak(precision)  # raises before anything is counted
    rows = workload.rows(conventions)
    parameters = count_parameters(config)
    width = BYTES[precision]
    weights = weight_bytes(config, bytes_per_value=width)
    cache, training, activations = 0, None, None
    if conventions.work == "forward":
        step = forward_step(
            config,
            workload.batch,
            workload.seq_len,
            machine,
            precision,
            cached=workload.cached,
            head=conventions.head,
        )
        time, memory = step.roofline, step.memory_bytes
        cache = memory - weights
    else:
        if workload.cached:
            raise AccountingError(
                f"cached is {workload.cached} and work is {conventions.work!r}; "
                "training has no cache"
            )
        time = _training_time(workload)
        training = training_state(config, workload.formats)
        activations = _activations(workload, workload.batch)
        memory = training.total + activations.total
    return Report(
        rows=rows,
        parameters=parameters,
        weights=weights,
        cache=cache,
        training=training,
        activations=activations,
        memory=memory,
        fits=memory <= machine.memory_bytes,
        largest_batch=_largest_batch(workload, weights if training is None else training.total),
        roofline=time,
        tokens_per_second=workload.batch * workload.seq_len / time.seconds,
        run=None if plan is None else _run(workload, plan),
    )


def _activations(workload: Workload, batch: int) -> ActivationBytes:
    """Return the activation memory of a batch; of 8-bit matmuls, too, they have 16 bits."""
    return activation_bytes(
        workload.config,
        batch,
        workload.seq_len,
        recompute=workload.conventions.recompute,
        fused_attention=workload.conventions.fused_attention,
        bytes_per_value=max(2, BYTES[workload.precision]),
        implementation=workload.implementation,
    )


def _largest_batch(workload: Workload, stored: int) -> int:
    """Return the most sequences whose caches or activations fit beside what is stored."""
    if workload.conventions.work == "forward":
        width, tokens = BYTES[workload.precision], workload.cached + workload.seq_len
        each = kv_cache_bytes(workload.config, tokens, bytes_per_value=width)
    else:
        each = _activations(workload, 1).total
    return max(0, int((workload.machine.memory_bytes - stored) // each))


def cache_per_token(workload: Workload) -> int:
    """Return the bytes of the KV cache per token."""
    return kv_cache_bytes(workload.config, bytes_per_value=BYTES[workload.precision])


def _training_time(workload: Workload) -> Roofline:
    """Return the minimum time of a training step, whose parts run one after another."""
    rows = workload.rows(
        replace(workload.conventions, unit="FLOP", pairs="attended", elementwise=False)
    )
    parts = [[row for row in rows if row.group == part] for part in PARTS]
    costs = [(total_flops(part), sum(row.bytes for row in part)) for part in parts if part]
    return in_sequence(costs, workload.machine, workload.precision)


def _run(workload: Workload, plan: TrainingPlan) -> TrainingRun:
    """Return the training run of a plan, on sequences of the workload's length."""
    check_number("train-tokens", plan.tokens, above=0)
    conventions = replace(
        TRAINING, pairs=workload.conventions.pairs, head=workload.conventions.head
    )
    flops = training_flops_per_token(workload.config, workload.seq_len, conventions)
    return training_run(
        flops * plan.tokens,
        workload.machine,
        plan.n_machines,
        mfu=plan.mfu,
        precision=workload.precision,
        price_per_hour=plan.price_per_hour,
    )
