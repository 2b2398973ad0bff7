"""Machines: peak numbers as published by their makers, per chip, dense matmuls without sparsity.

`data/machines.json` has a source and a date for each. `machine_files` reads a machine of your own
in the same form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cs336_core._shared.data_files import data_text
from cs336_core._shared.validation import check_choice, unknown_name
from cs336_core.accounting.errors import AccountingError

Precision = Literal["fp8", "fp16", "bf16", "tf32", "fp32"]
BYTES: dict[Precision, int] = {"fp8": 1, "fp16": 2, "bf16": 2, "tf32": 4, "fp32": 4}
# Of one step of a collective, from the call to the first byte: measured values for NVLink and
# InfiniBand lie between 1 and 20 µs. A machine's own file can say otherwise.
NODE_LATENCY, NETWORK_LATENCY = 3e-6, 1e-5


@dataclass(frozen=True)
class Link:
    """A chip's connection to the other chips of its node, or to other nodes.

    Attributes:
        bytes_per_second: of one chip in one direction.
        latency: seconds before the first byte arrives.

    """

    bytes_per_second: float
    latency: float


@dataclass(frozen=True)
class Machine:
    """A chip with its memory, and how it is connected to others.

    Attributes:
        name: the product name.
        flops_per_second: peak of dense matrix multiplications, by precision.
        bytes_per_second: the bandwidth of its main memory.
        memory_bytes: the size of its main memory.
        node_size: how many chips share a fast interconnect.
        node: the link to the other chips of its node; `None` for a single chip.
        network: the link to other nodes; `None` for a machine on its own.
        source: where the numbers are from.
        date: when that was published, as year and month.

    """

    name: str
    flops_per_second: dict[Precision, float]
    bytes_per_second: float
    memory_bytes: float
    node_size: int = 1
    node: Link | None = None
    network: Link | None = None
    source: str = ""
    date: str = ""

    def peak(self, precision: Precision = "bf16") -> float:
        """Return peak FLOP/s; raise `AccountingError` for an unsupported precision.

        >>> MACHINES["t4"].peak("bf16")
        Traceback (most recent call last):
        cs336_core._shared.validation.InvalidValueError: T4 does not support bf16; it has \
fp16, fp32
        """
        check_choice("precision", precision, get_args(Precision))
        if precision not in self.flops_per_second:
            raise AccountingError(
                f"{self.name} does not support {precision}; it has "
                f"{', '.join(self.flops_per_second)}"
            )
        return self.flops_per_second[precision]

    def ridge_point(self, precision: Precision = "bf16") -> float:
        """Return the FLOPs that it computes in the time that it reads one byte.

        >>> round(H100.ridge_point())
        295
        """
        return self.peak(precision) / self.bytes_per_second

    def link(self, n_chips: int) -> Link:
        """Return the connection that limits a group of `n_chips` neighboring chips.

        Raises `AccountingError` if so many chips cannot be connected.

        >>> H100.link(8).bytes_per_second, H100.link(9).bytes_per_second
        (450000000000.0, 50000000000.0)
        """
        found = self.node if n_chips <= self.node_size else self.network
        if found is None:
            raise AccountingError(
                f"{n_chips:,} × {self.name} are not connected: a node has {self.node_size:,}, and "
                "no network between nodes is given"
            )
        return found


def machine_from(fields: dict[str, Any]) -> Machine:
    """Return the machine that valid fields of a JSON object describe."""
    node, network = fields.get("node"), fields.get("network")
    return Machine(
        name=fields["name"],
        flops_per_second=fields["flops_per_second"],
        bytes_per_second=fields["bytes_per_second"],
        memory_bytes=fields["memory_bytes"],
        node_size=node["size"] if node else 1,
        node=_link(node, NODE_LATENCY),
        network=_link(network, NETWORK_LATENCY),
        source=fields.get("source", ""),
        date=fields.get("date", ""),
    )


def _link(fields: dict[str, Any] | None, latency: float) -> Link | None:
    """Return a connection, if there is one."""
    if not fields:
        return None
    return Link(fields["bytes_per_second"], fields.get("latency", latency))


MACHINES: dict[str, Machine] = {
    key: machine_from(fields)
    for key, fields in json.loads(data_text("cs336_core.accounting", "machines.json")).items()
}
H100 = MACHINES["h100"]


def machine(name: str) -> Machine:
    """Return a machine by name; raise `AccountingError`, which suggests the closest, for others.

    >>> machine("H100") is H100
    True
    """
    key = name.lower()
    if key not in MACHINES:
        raise AccountingError(unknown_name("machine", name, MACHINES))
    return MACHINES[key]
