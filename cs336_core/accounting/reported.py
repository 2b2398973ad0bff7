"""Machine hours that were reported for the training of published models."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cs336_core._shared.data_files import data_text
from cs336_core.accounting.machines import MACHINES, Machine, Precision
from cs336_core.accounting.papers import training_flops
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.training import utilization
from cs336_core.model.presets import preset


@dataclass(frozen=True)
class ReportedRun:
    """A pretraining run as its authors report it.

    Attributes:
        model: the name of the preset.
        tokens: how many tokens it was trained on.
        machine_hours: hours summed over all machines.
        machine: the machine.
        precision: of its matmuls.
        source: who reports it.
        date: when, as year and month.

    """

    model: str
    tokens: float
    machine_hours: float
    machine: Machine
    precision: Precision
    source: str
    date: str

    @property
    def flops(self) -> float:
        """6 N D, with the active parameters as N."""
        return training_flops(count_parameters(preset(self.model)).active, self.tokens)

    @property
    def implied_mfu(self) -> float:
        """The utilization at which 6 N D takes the reported hours.

        >>> f"{reported_runs()['llama-3.1-405b'].implied_mfu:.3f}"
        '0.346'
        """
        per_second = self.tokens / (3600 * self.machine_hours)
        flops_per_token = self.flops / self.tokens
        return utilization(per_second, flops_per_token, self.machine, precision=self.precision)


def reported_runs() -> dict[str, ReportedRun]:
    """Return the runs with reported hours, by the name of the preset."""
    text = data_text("cs336_core.accounting", "reported_runs.json")
    return {
        name: ReportedRun(
            model=name,
            tokens=run["tokens"],
            machine_hours=run["machine_hours"],
            machine=MACHINES[run["machine"]],
            precision=run["precision"],
            source=run["source"],
            date=run["date"],
        )
        for name, run in json.loads(text).items()
    }
