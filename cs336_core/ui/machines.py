"""Machines and precisions as views have them."""

from __future__ import annotations

from typing import Any, get_args

import traitlets

from cs336_core._shared.validation import check_choice
from cs336_core.accounting import MACHINES, Machine, machine
from cs336_core.accounting.machines import Precision


def machine_states() -> list[dict[str, Any]]:
    """Return all machines, each as the view reads it.

    >>> [state["key"] for state in machine_states()][:2]
    ['a100', 'h100']
    """
    return [
        {
            "key": key,
            "name": each.name,
            "flops_per_second": dict(each.flops_per_second),
            "bytes_per_second": each.bytes_per_second,
            "memory_bytes": each.memory_bytes,
        }
        for key, each in MACHINES.items()
    ]


def machine_key(name: str) -> str:
    """Return a machine's key; raise `AccountingError`, naming the nearest, where there is none.

    >>> machine_key("H100")
    'h100'
    """
    machine(name)
    return name.lower()


def usual_precision(chosen: Machine, precision: Precision | None = None) -> Precision:
    """Return the precision that is asked for, or bf16, or the first that a machine has.

    Raises `AccountingError` for a precision that is asked for and that the machine lacks.

    >>> usual_precision(MACHINES["h100"]), usual_precision(MACHINES["t4"])
    ('bf16', 'fp16')
    """
    if precision is None:
        return precision_on(chosen, "bf16")
    chosen.peak(precision)
    return precision


def precision_on(chosen: Machine, precision: str) -> Precision:
    """Return what a machine computes in where this is asked for: it, or else its first precision.

    >>> precision_on(MACHINES["t4"], "fp32"), precision_on(MACHINES["t4"], "fp8")
    ('fp32', 'fp16')
    """
    has = chosen.flops_per_second
    return next((known for known in has if known == precision), next(iter(has)))


class OnMachine(traitlets.HasTraits):
    """What a widget has that computes on a machine of the reader's choice, in a precision."""

    machine = traitlets.Unicode("h100").tag(sync=True)
    precision = traitlets.Unicode("bf16").tag(sync=True)
    machines: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)

    @traitlets.validate("machine")
    def _a_machine(self, proposal: Any) -> str:
        return machine_key(proposal["value"])

    @traitlets.validate("precision")
    def _a_precision(self, proposal: Any) -> str:
        precision: str = proposal["value"]
        check_choice("precision", precision, get_args(Precision))
        return precision
