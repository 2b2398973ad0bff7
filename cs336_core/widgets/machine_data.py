"""Machines and precisions as views have them."""

from __future__ import annotations

from typing import Any

from cs336_core.accounting import MACHINES, AccountingError, Machine
from cs336_core.accounting.machines import BYTES, Precision, machine


def machine_states() -> list[dict[str, Any]]:
    """Return all machines, each as the view reads it.

    >>> [state["key"] for state in machine_states()][:2]
    ['a100', 'h100']
    """
    return [
        {
            "key": key,
            "name": each.name,
            "flops_per_second": each.flops_per_second,
            "bytes_per_second": each.bytes_per_second,
            "memory_bytes": each.memory_bytes,
        }
        for key, each in MACHINES.items()
    ]


def machine_key(name: str) -> str:
    """Return the key of a machine; raise `AccountingError`, naming the nearest, where there is none.

    >>> machine_key("H100")
    'h100'
    """
    machine(name)
    return name.lower()


def precision_of(chosen: Machine, precision: str | None = None) -> Precision:
    """Return the precision that is asked for, or what a machine has: bf16 before all others.

    Raises `AccountingError` for a precision that it lacks.

    >>> precision_of(MACHINES["t4"])
    'fp16'
    """
    has = chosen.flops_per_second
    if precision is None:
        return "bf16" if "bf16" in has else next(iter(has))
    for known in has:
        if known == precision:
            return known
    raise AccountingError(
        f"{chosen.name} does not compute in {precision!r}; it has {', '.join(has)}"
    )


def nearest_precision(chosen: Machine, precision: str) -> Precision:
    """Return a precision that a machine has: this one, or else its first.

    >>> nearest_precision(MACHINES["t4"], "bf16")
    'fp16'
    """
    has = chosen.flops_per_second
    return next((known for known in has if known == precision), next(iter(has)))


def check_precision(precision: str) -> str:
    """Raise `AccountingError` for a precision that no machine has."""
    if precision not in BYTES:
        raise AccountingError(f"there is no precision {precision!r}; there is {', '.join(BYTES)}")
    return precision
