"""The parts of a model in prefill and decode, as points of a roofline plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import check_size
from cs336_core.accounting.inference import Moved, Part, part_costs
from cs336_core.accounting.machines import BYTES, Machine, Precision
from cs336_core.accounting.roofline import Roofline, in_sequence, roofline
from cs336_core.model.config import ModelConfig

Phase = Literal["prefill", "decode"]
Kind = Literal[Part, "whole"]


@dataclass(frozen=True)
class RooflinePoint:
    """A part of a model in one pass.

    Attributes:
        phase: "prefill" processes the context at once, "decode" adds a token to each sequence.
        kind: the part, or the whole pass.
        flops: FLOPs.
        bytes: bytes moved.
        roofline: the minimum time, and what it is bound by.

    """

    phase: Phase
    kind: Kind
    flops: int
    bytes: int
    roofline: Roofline


def roofline_points(
    config: ModelConfig,
    batch: int,
    context: int,
    machine: Machine,
    precision: Precision = "bf16",
    *,
    moved: Moved = "weights",
) -> list[RooflinePoint]:
    """Return a point for each part of a model and for the whole pass, in both phases.

    The parts of a pass run one after another. `moved` is that of `part_costs`. Raises
    `AccountingError` for invalid sizes and a precision that the machine does not support.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> points = roofline_points(preset("llama-3-8b"), 8, 2048, H100)
    >>> [(point.phase, point.roofline.bound) for point in points if point.kind == "mlp"]
    [('prefill', 'compute'), ('decode', 'memory')]
    """
    context = check_size("context", context)
    points = []
    for phase in get_args(Phase):
        new, cached = (context, 0) if phase == "prefill" else (1, context)
        costs = part_costs(
            config, batch, new, cached=cached, moved=moved, bytes_per_value=BYTES[precision]
        )
        for kind, (flops, size) in costs.items():
            bound = roofline(flops, size, machine, precision)
            points.append(RooflinePoint(phase, kind, flops, size, bound))
        flops, size = (sum(column) for column in zip(*costs.values(), strict=True))
        whole = in_sequence(costs.values(), machine, precision)
        points.append(RooflinePoint(phase, "whole", flops, size, whole))
    return points
