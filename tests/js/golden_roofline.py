"""Points under the roofs of all machines, for the roofline explorer."""

from __future__ import annotations

import random
from typing import Any, get_args

from cs336_core.accounting import MACHINES
from cs336_core.accounting.roofline_points import Moved, RooflinePoint
from cs336_core.model.presets import preset_names
from cs336_core.ui.machines import SHOWN_MACHINES, machine_states
from cs336_core.widgets.roofline.widget import Roofline


def golden_roofline() -> list[dict[str, Any]]:
    """Return settings of the explorer with all points, the same ones each time."""
    rng = random.Random(1908)
    machines = {state["key"]: state for state in machine_states()}
    cases = []
    for number, name in enumerate(3 * preset_names()):
        key = rng.choice(SHOWN_MACHINES)
        precision = rng.choice(list(MACHINES[key].flops_per_second))
        figure = Roofline(
            name, key, precision=precision, models=[name],
            batch=rng.choice([1, rng.randint(2, 9), rng.randint(10, 4096)]),
            context=rng.choice([1, rng.randint(2, 99), rng.randint(100, 131_072)]),
            moved=get_args(Moved)[number % 3],
        )  # fmt: skip
        prefill, decode = figure.steps
        cases.append(
            {
                "config": figure.models[0]["config"],
                "machine": machines[key],
                "state": {
                    "precision": precision,
                    "batch": figure.batch,
                    "context": figure.context,
                    "moved": figure.moved,
                },
                "points": [point_case(point) for point in figure.points],
                "memory": {"bytes": decode.memory_bytes, "fits": decode.fits},
                "seconds": [prefill.seconds, decode.seconds],
            }
        )
    return cases


def point_case(point: RooflinePoint) -> dict[str, Any]:
    """Return a point as JSON holds it."""
    return {
        "phase": point.phase,
        "kind": point.kind,
        "flops": float(point.flops),
        "bytes": float(point.bytes),
        "seconds": point.roofline.seconds,
        "bound": point.roofline.bound,
        "intensity": point.roofline.intensity,
        "ridge": point.roofline.ridge,
    }
