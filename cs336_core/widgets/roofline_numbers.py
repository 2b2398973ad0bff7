"""What the parts of a model compute and move in prefill and in decode, as points under a roof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core.accounting import Machine, Roofline, count_flops, kv_cache_bytes, roofline
from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.machines import BYTES, Precision
from cs336_core.accounting.operations import Operation, Pass
from cs336_core.model.config import ModelConfig

Phase = Literal["prefill", "decode"]
Kind = Literal["projections", "scores", "mlp", "head", "whole"]
Moved = Literal["weights", "vectors", "scores"]


@dataclass(frozen=True)
class Point:
    """A part of a model, in one pass.

    Attributes:
        phase: reading the tokens of the context at once, or adding one to each sequence.
        kind: the part, or the whole pass.
        flops: what it computes.
        bytes: what it moves.
        roofline: how long that takes at least, and why.

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
    """Return a point for each part of a model and each phase.

    Counted as moved are the weights and the caches ("weights"), as in `prefill` and `decode`; also
    the vectors that go in and out ("vectors"), as in `count_flops`; or the scores of attention,
    too, which leave the chip where attention is not fused ("scores").
    """
    found = []
    for phase in get_args(Phase):
        new, cached = (context, 0) if phase == "prefill" else (1, context)
        width = BYTES[precision]
        rows = count_flops(
            config, batch, new, cached=cached, pairs="attended", bytes_per_value=width,
            fused_attention=moved != "scores",
        )  # fmt: skip
        cache = kv_cache_bytes(config, context, batch=batch, bytes_per_value=width)
        operations = forward_operations(
            Pass(config=config, batch=batch, seq_len=new, cached=cached)
        )
        for kind in get_args(Kind):
            own = [kind in {"whole", row.group} for row in rows]
            flops = sum(row.flops for row, is_own in zip(rows, own, strict=True) if is_own)
            if moved == "weights":
                read = [_weights(each, tied=config.tied_embeddings) for each in operations]
                size = width * sum(n for n, is_own in zip(read, own, strict=True) if is_own)
                size += cache if kind in {"scores", "whole"} else 0
            else:
                size = sum(row.bytes for row, is_own in zip(rows, own, strict=True) if is_own)
            bound = roofline(flops, size, machine, precision)
            found.append(Point(phase, kind, flops, size, bound))
    return found


def _weights(operation: Operation, *, tied: bool) -> int:
    """Return how many parameters are read where all weights are read once.

    A table that the LM head shares with the embedding is read by the head; of experts, those are
    read that work.
    """
    if operation.component == "head":
        return operation.weights_read
    if operation.component == "embedding" and tied:
        return 0
    return operation.weights_read if operation.idle else operation.params
