"""A training run: FLOPs, time on a number of machines, cost and utilization."""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core._shared.validation import check_number, check_size
from cs336_core.accounting.conventions import TRAINING, Conventions, check_conventions
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.flops import count_flops, total_flops
from cs336_core.accounting.machines import Machine, Precision
from cs336_core.model.config import ModelConfig

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class TrainingRun:
    """The time and cost of a training run.

    Attributes:
        flops: model FLOPs, without recomputation.
        seconds: the duration.
        machine_hours: hours summed over all machines.
        cost: in the currency of the price; `None` without a price.

    """

    flops: float
    seconds: float
    machine_hours: float
    cost: float | None = None

    @property
    def days(self) -> float:
        """The duration in days."""
        return self.seconds / DAY


def training_flops_per_token(
    config: ModelConfig, seq_len: int, conventions: Conventions = TRAINING
) -> float:
    """Return the FLOPs that training takes per token of sequences of `seq_len` tokens.

    Raises as `count_flops` does, and `AccountingError` unless the conventions count training in
    FLOPs.

    >>> from cs336_core.model.presets import preset
    >>> f"{training_flops_per_token(preset('llama-3-8b'), 8192):.3g}"
    '5.79e+10'
    """
    check_conventions(conventions)
    if conventions.work != "training" or conventions.unit != "FLOP":
        raise AccountingError(
            f"conventions count {conventions.work} work in {conventions.unit}s; pass conventions "
            "with work='training' and unit='FLOP'"
        )
    return total_flops(count_flops(config, 1, seq_len, conventions)) / seq_len


def training_run(
    flops: float,
    machine: Machine,
    n_machines: int,
    *,
    mfu: float,
    precision: Precision = "bf16",
    price_per_hour: float | None = None,
) -> TrainingRun:
    """Return the time and cost of a training run.

    `flops` are model FLOPs: `training_flops(params, tokens)`, or `training_flops_per_token` times
    the tokens. `mfu` is the fraction of the machines' peak that they reach.

    Raises `AccountingError` unless 0 < mfu <= 1, for less than one machine, and for a precision
    that the machine does not support.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.accounting.papers import training_flops
    >>> flops = training_flops(params=70e9, tokens=15e12)
    >>> round(training_run(flops, H100, 1024, mfu=0.5).days)
    144
    """
    check_number("flops", flops)
    n_machines = check_size("n_machines", n_machines)
    check_number("mfu", mfu, above=0, maximum=1)
    seconds = flops / (n_machines * machine.peak(precision) * mfu)
    hours = seconds * n_machines / 3600
    if price_per_hour is not None:
        check_number("price_per_hour", price_per_hour)
    cost = None if price_per_hour is None else hours * price_per_hour
    return TrainingRun(flops, seconds, hours, cost)


def utilization(
    tokens_per_second: float,
    flops_per_token: float,
    machine: Machine,
    n_machines: int = 1,
    precision: Precision = "bf16",
) -> float:
    """Return the fraction of the machines' peak that a run reaches.

    With model FLOPs it is model FLOPs utilization (MFU); with recomputation included it is hardware
    FLOPs utilization, HFU (Chowdhery et al. 2022, "PaLM: Scaling Language Modeling with Pathways",
    section 4.1 and appendix B).

    Raises `AccountingError` for negative numbers, and for a result above 1.

    >>> from cs336_core.accounting.machines import H100
    >>> utilization(989e12 / 4 / 6e9, 6e9, H100)
    0.25
    """
    check_number("tokens_per_second", tokens_per_second)
    check_number("flops_per_token", flops_per_token)
    n_machines = check_size("n_machines", n_machines)
    reached = tokens_per_second * flops_per_token / (n_machines * machine.peak(precision))
    if reached > 1:
        raise AccountingError(
            f"{tokens_per_second:,.6g} tokens per second of {flops_per_token:.3g} FLOPs each are "
            f"{reached:.3g} times the {precision} peak of {n_machines:,} × {machine.name}; no run "
            "reaches more than 1"
        )
    return reached
