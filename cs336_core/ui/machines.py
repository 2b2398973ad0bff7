"""The machines and precisions that a widget computes with."""

from __future__ import annotations

from typing import Any, get_args

import traitlets

from cs336_core.accounting import MACHINES, AccountingError, Machine, machine
from cs336_core.accounting.machines import Precision

# The machines that figures offer: one of each kind, since a figure has a row for each.
SHOWN_MACHINES = ("a100", "h100", "h200", "b200", "rtx-4090", "t4", "cpu")


def machine_states() -> list[dict[str, Any]]:
    """Return the machines of `SHOWN_MACHINES` as a view reads them.

    >>> [state["key"] for state in machine_states()][:2]
    ['a100', 'h100']
    """
    return [
        {
            "key": key,
            "name": MACHINES[key].name,
            "flops_per_second": dict(MACHINES[key].flops_per_second),
            "bytes_per_second": MACHINES[key].bytes_per_second,
            "memory_bytes": MACHINES[key].memory_bytes,
        }
        for key in SHOWN_MACHINES
    ]


def precision_on(chosen: Machine, precision: str) -> Precision:
    """Return a precision if a machine computes in it, or else the machine's first one.

    >>> precision_on(MACHINES["t4"], "fp32"), precision_on(MACHINES["t4"], "fp8")
    ('fp32', 'fp16')
    """
    known = chosen.flops_per_second
    return next((name for name in known if name == precision), next(iter(known)))


class OnMachine(traitlets.HasTraits):
    """A machine of the reader's choice, and the precision in which it computes."""

    machine = traitlets.Unicode("h100").tag(sync=True, url=True)
    precision = traitlets.Enum(get_args(Precision), "bf16").tag(sync=True, url=True)
    machines: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)

    @traitlets.default("machines")
    def _every_machine(self) -> list[dict[str, Any]]:
        return machine_states()

    @traitlets.default("precision")
    def _usual_precision(self) -> Precision:
        return precision_on(machine(self.machine), "bf16")

    @traitlets.validate("machine")
    def _known_machine(self, proposal: Any) -> str:
        machine(proposal["value"])
        key = str(proposal["value"].lower())
        if key not in SHOWN_MACHINES:
            raise AccountingError(
                f"machine is {key!r}; figures offer {', '.join(SHOWN_MACHINES)}, and functions and "
                "the command line all machines"
            )
        return key

    @traitlets.validate("precision")
    def _precision_of_the_machine(self, proposal: Any) -> Precision:
        precision: Precision = proposal["value"]
        machine(self.machine).peak(precision)
        return precision
