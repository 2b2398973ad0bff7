"""Your own machine, read from a JSON file in the form of `data/machines.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import (
    check_choice,
    check_number,
    check_size,
    short_repr,
    unknown_name,
)
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.machines import Machine, Precision, machine_from

REQUIRED = ("name", "flops_per_second", "bytes_per_second", "memory_bytes")
OPTIONAL = ("node", "network", "source", "date")
EXAMPLE = """\
{"name": "My GPU", "flops_per_second": {"bf16": 1e15}, "bytes_per_second": 3e12, \
"memory_bytes": 80e9, "node": {"size": 8, "bytes_per_second": 450e9}, \
"network": {"bytes_per_second": 50e9}, "source": "data sheet", "date": "2025-01"}"""


def load_machine(path: StrPath) -> Machine:
    """Read a machine from a JSON file: its peak FLOP/s, memory and connections.

    Raises `OSError` for a file that cannot be opened, and `AccountingError`, with what is expected,
    for invalid content.
    """
    path = Path(path)
    try:
        fields = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AccountingError(f"{path} is not valid JSON: {error}") from error
    try:
        return checked_machine(fields)
    except AccountingError as error:
        raise AccountingError(f"{path}: {error}") from error


def checked_machine(fields: object) -> Machine:
    """Return the machine that a JSON object describes; raise `AccountingError` if it is invalid.

    >>> checked_machine({"name": "My GPU", "flops_per_second": {"bf16": 1e15}})
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: bytes_per_second is missing; a machine has \
name, flops_per_second, bytes_per_second, memory_bytes
    """
    given = _object("the file", fields)
    for name in given:
        if name not in REQUIRED + OPTIONAL:
            raise AccountingError(unknown_name("field", name, REQUIRED + OPTIONAL))
    for name in REQUIRED:
        if name not in given:
            raise AccountingError(f"{name} is missing; a machine has {', '.join(REQUIRED)}")
    for name in ("name", "source", "date"):
        if not isinstance(given.get(name, ""), str):
            raise AccountingError(f"{name} is {short_repr(given[name])}; it must be text")
    speeds = _object("flops_per_second", given["flops_per_second"])
    if not speeds:
        raise AccountingError(
            "flops_per_second is empty; it must have a precision, such as bf16, and its peak"
        )
    for precision, speed in speeds.items():
        check_choice("a precision in flops_per_second", precision, get_args(Precision))
        check_number(f"flops_per_second of {precision}", speed, above=0)
    for name in ("bytes_per_second", "memory_bytes"):
        check_number(name, given[name], above=0)
    for name in ("node", "network"):
        if given.get(name) is not None:
            _check_link(name, _object(name, given[name]))
    return machine_from(dict(given))


def _check_link(name: str, fields: Mapping[str, Any]) -> None:
    """Raise `AccountingError` for an invalid connection."""
    required = ("size", "bytes_per_second") if name == "node" else ("bytes_per_second",)
    for field in required:
        if field not in fields:
            raise AccountingError(f"{field} of {name} is missing; {name} has {', '.join(required)}")
    for field in fields:
        if field not in (*required, "latency"):
            raise AccountingError(unknown_name(f"field of {name}", field, (*required, "latency")))
    if name == "node":
        check_size("size of node", fields["size"])
    check_number(f"bytes_per_second of {name}", fields["bytes_per_second"], above=0)
    check_number(f"latency of {name}", fields.get("latency", 0), maximum=1)


def _object(name: str, value: object) -> Mapping[str, Any]:
    """Return a JSON object; raise `AccountingError` for anything else."""
    if not isinstance(value, dict):
        raise AccountingError(
            f"{name} contains {short_repr(value)}; it must be an object, as in {EXAMPLE}"
        )
    return value
