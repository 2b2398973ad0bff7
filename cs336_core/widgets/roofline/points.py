"""What the parts of a model compute and move in prefill and in decode: points under a roof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core.accounting import Machine, Roofline, roofline
from cs336_core.accounting.inference import Moved, Part, part_costs
from cs336_core.accounting.machines import BYTES, Precision
from cs336_core.accounting.roofline import in_sequence
from cs336_core.model.config import ModelConfig

Phase = Literal["prefill", "decode"]
Kind = Literal[Part, "whole"]


@dataclass(frozen=True)
class Point:
    """A part of a model, in one pass.

    Attributes:
        phase: "prefill" reads the context at once, "decode" adds one token to each sequence.
        kind: the part, or the whole pass.
        flops: what it computes.
        bytes: what it moves between memory and compute units.
        roofline: the least time that takes, and what bounds it.

    """

    phase: Phase
    kind: Kind
    flops: int
    bytes: int
    roofline: Roofline


def points(  # noqa: PLR0913
    config: ModelConfig,
    batch: int,
    context: int,
    machine: Machine,
    precision: Precision = "bf16",
    moved: Moved = "weights",
) -> list[Point]:
    """Return a point for each part of a model in each phase, and one for the whole pass.

    The parts of a pass run one after another. `moved` is what `part_costs` counts as moved.
    """
    found = []
    for phase in get_args(Phase):
        new, cached = (context, 0) if phase == "prefill" else (1, context)
        costs = part_costs(
            config, batch, new, cached=cached, moved=moved, bytes_per_value=BYTES[precision]
        )
        for kind, (flops, size) in costs.items():
            found.append(Point(phase, kind, flops, size, roofline(flops, size, machine, precision)))
        flops, size = (sum(each) for each in zip(*costs.values(), strict=True))
        whole = in_sequence(costs.values(), machine, precision)
        found.append(Point(phase, "whole", flops, size, whole))
    return found
