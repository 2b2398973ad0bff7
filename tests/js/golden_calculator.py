"""Training runs as `training_run` and `training_bytes` compute them, for the calculator."""

from __future__ import annotations

import random
from typing import Any

from cs336_core.accounting import MACHINES, training_bytes, training_flops, training_run
from cs336_core.ui.machines import SHOWN_MACHINES


def golden_calculator() -> list[dict[str, Any]]:
    """Return plans with their results, the same ones each time."""
    rng = random.Random(2003)
    cases = []
    for _ in range(120):
        machine = MACHINES[rng.choice(SHOWN_MACHINES)]
        precision = rng.choice(list(machine.flops_per_second))
        active = round(10 ** rng.uniform(6, 13))
        params = round(active * rng.choice([1, 1, rng.uniform(1, 20)]))
        tokens = round(10 ** rng.uniform(6, 15))
        n_machines, mfu = round(10 ** rng.uniform(0, 6)), round(rng.uniform(0.01, 1), 3)
        price = round(rng.uniform(0, 20), 2)
        run = training_run(
            training_flops(active, tokens), machine, n_machines,
            mfu=mfu, precision=precision, price_per_hour=price,
        )  # fmt: skip
        stored = training_bytes(params)
        cases.append(
            {
                "plan": {
                    "params": params,
                    "activeParams": active,
                    "tokens": tokens,
                    "flopsPerSecond": machine.peak(precision),
                    "memoryBytes": machine.memory_bytes,
                    "nMachines": n_machines,
                    "mfu": mfu,
                    "price": price,
                },
                "flops": run.flops,
                "seconds": run.seconds,
                "machineHours": run.machine_hours,
                "cost": run.cost,
                "bytes": stored.total,
                "parts": [
                    stored.weights,
                    stored.gradients,
                    stored.master_weights,
                    stored.optimizer,
                ],
            }
        )
    return cases
