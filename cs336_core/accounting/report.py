"""All that is asked of a model at once: parameters, FLOPs, memory, time, and a training run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from cs336_core._shared.validation import check_number
from cs336_core.accounting.activations import ActivationBytes, activation_bytes
from cs336_core.accounting.conventions import FORWARD, TRAINING, Conventions
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.flops import FlopRow, count_flops, total_flops
from cs336_core.accounting.inference import PARTS, forward_step
from cs336_core.accounting.machines import BYTES, Machine, Precision
from cs336_core.accounting.memory import TrainingBytes, kv_cache_bytes, training_bytes, weight_bytes
from cs336_core.accounting.parameters import ParameterCount, count_parameters
from cs336_core.accounting.roofline import Roofline, in_sequence
from cs336_core.accounting.training import TrainingRun, training_flops_per_token, training_run
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True, kw_only=True)
class Question:
    """A model and its tokens, how to count them, and the machine that computes them."""

    config: ModelConfig
    machine: Machine
    seq_len: int
    batch: int = 1
    cached: int = 0
    precision: Precision = "bf16"
    conventions: Conventions = FORWARD

    def rows(self, conventions: Conventions) -> list[FlopRow]:
        """Count the tokens by some conventions."""
        return count_flops(
            self.config,
            self.batch,
            self.seq_len,
            conventions,
            cached=self.cached,
            bytes_per_value=BYTES[self.precision],
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """A training run that is asked for: `mfu` is the part of the machines' peak that it reaches."""

    tokens: float
    n_machines: int = 1
    mfu: float = 0.4
    price_per_hour: float | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answers.

    Attributes:
        rows: what each operation costs, by the conventions that were asked for.
        parameters: how many there are.
        weights: bytes of all of them.
        cache: bytes of keys and values of what has been read; 0 where the model is trained.
        training: what training keeps all the time; `None` where the model is used.
        activations: what it keeps for the backward pass.
        memory: bytes of all that has to lie in memory.
        fits: whether it lies in that of one machine.
        roofline: how long the pass takes at least on one machine.
        tokens_per_second: new tokens of all sequences.
        run: the training run that was asked for.

    """

    rows: list[FlopRow]
    parameters: ParameterCount
    weights: int
    cache: int
    training: TrainingBytes | None
    activations: ActivationBytes | None
    memory: int
    fits: bool
    roofline: Roofline
    tokens_per_second: float
    run: TrainingRun | None

    def as_dict(self) -> dict[str, Any]:
        """Return the answers as JSON can hold them."""
        told = asdict(self)
        told["parameters"]["non_embedding"] = self.parameters.non_embedding
        told["flops"] = total_flops(self.rows)
        return told


def report(question: Question, run: Run | None = None) -> Report:
    """Answer a question, and what a training run takes where one is asked for.

    Times are the least, whatever is counted beside them: pairs are the attended ones, and the head
    of a forward pass works at the last token. Raises as `count_flops` and `Machine.peak` do, and
    `AccountingError` for training with a cache.
    """
    config, machine, precision = question.config, question.machine, question.precision
    conventions = question.conventions
    machine.peak(precision)  # raises where it must, before anything is counted
    rows = question.rows(conventions)
    parameters = count_parameters(config)
    width = BYTES[precision]
    weights = weight_bytes(config, bytes_per_value=width)
    cache, training, activations = 0, None, None
    if conventions.work == "forward":
        step = forward_step(
            config,
            question.batch,
            question.seq_len,
            machine,
            precision,
            cached=question.cached,
            head=conventions.head,
        )
        time, memory = step.roofline, step.memory_bytes
        cache = memory - weights
    else:
        if question.cached:
            raise AccountingError(
                f"cached is {question.cached} and work is {conventions.work!r}; "
                "training has no cache"
            )
        time = _training_time(question)
        training = training_bytes(parameters.total, "fp32" if width == 4 else "mixed")
        activations = activation_bytes(
            config,
            question.batch,
            question.seq_len,
            recompute=conventions.recompute,
            fused_attention=conventions.fused_attention,
            bytes_per_value=width,
        )
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
        roofline=time,
        tokens_per_second=question.batch * question.seq_len / time.seconds,
        run=None if run is None else _run(question, run),
    )


def cache_per_token(question: Question) -> int:
    """Return the bytes that the model keeps of one token of one text."""
    return kv_cache_bytes(question.config, bytes_per_value=BYTES[question.precision])


def _training_time(question: Question) -> Roofline:
    """Return the least time of a training step, whose parts run one after another."""
    rows = question.rows(
        replace(question.conventions, unit="FLOP", pairs="attended", elementwise=False)
    )
    parts = [[row for row in rows if row.group == part] for part in PARTS]
    costs = [(total_flops(part), sum(row.bytes for row in part)) for part in parts if part]
    return in_sequence(costs, question.machine, question.precision)


def _run(question: Question, run: Run) -> TrainingRun:
    """Return what a training run takes, on sequences of the length that was asked for."""
    check_number("train-tokens", run.tokens, above=0)
    conventions = replace(
        TRAINING, pairs=question.conventions.pairs, head=question.conventions.head
    )
    flops = training_flops_per_token(question.config, question.seq_len, conventions)
    return training_run(
        flops * run.tokens,
        question.machine,
        run.n_machines,
        mfu=run.mfu,
        precision=question.precision,
        price_per_hour=run.price_per_hour,
    )
