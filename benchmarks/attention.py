"""How fast attention is, against the same written with torch's built-in operations.

    python -m benchmarks.attention [--quick | --markdown]

The built-ins are `matmul`, `masked_fill` and `softmax`: operation for operation the same, each of
torch's own. `F.scaled_dot_product_attention`, which is fused and never holds all scores, is there
to be compared with, and has no bar. On two threads, and on a CUDA device where there is one.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks._devices import Work, devices, measured, seconds_of
from benchmarks._report import Report, faster, machine, main, spread, table, told
from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.masks import causal_mask
from tools.shell.errors import UserError, run_main

REPEATS = 9
BAR = 1.5  # times the time of the built-ins, at most
HEADS, WIDTH = 8, 64
SHAPES = ((8, 128), (2, 512), (1, 1024))  # batch, sequence: about as many tokens
OURS, BUILT_IN, FUSED = "ours", "built-ins", "fused"


def built_in(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Return attention as one writes it with what torch has."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, -1) @ value


CONTENDERS: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]] = {
    OURS: scaled_dot_product_attention,
    BUILT_IN: built_in,
    FUSED: functional.scaled_dot_product_attention,
}


def measure(quick: bool) -> Report:
    """Time all shapes, with and without a mask, forward alone and with the backward pass."""
    rows = []
    for device in devices():
        for batch, seq in SHAPES[:1] if quick else SHAPES:
            for is_causal in (False, True):
                for is_trained in (False, True):
                    given = inputs(batch, seq, device)
                    mask = causal_mask(seq, device=device) if is_causal else None
                    works = {who: work(who, given, mask, is_trained) for who in CONTENDERS}
                    rows.append(
                        {
                            "device": device.type,
                            "what": f"{batch} x {seq}{', causal' if is_causal else ''}",
                            "pass": "forward, backward" if is_trained else "forward",
                            "seconds": seconds_of(works, device, 1 if quick else REPEATS),
                        }
                    )
    return {"on": machine("torch", **measured()), "rows": rows}


def inputs(batch: int, seq: int, device: torch.device) -> list[Tensor]:
    """Return queries, keys and values."""
    torch.manual_seed(0)
    shape = (batch, HEADS, seq, WIDTH)
    return [torch.randn(shape, device=device, requires_grad=True) for _ in range(3)]


def work(who: str, given: list[Tensor], mask: Tensor | None, is_trained: bool) -> Work:
    """Return what is timed, once it has been seen to be right."""
    query, key, value = given
    toward = torch.ones_like(value)
    attend = CONTENDERS[who]

    def once() -> Tensor:
        if is_trained:
            return torch.autograd.grad(attend(query, key, value, mask), given, toward)[0]
        with torch.no_grad():
            return attend(query, key, value, mask)

    with torch.no_grad():
        off = float(
            (attend(query, key, value, mask) - built_in(query, key, value, mask)).abs().max()
        )
    if off > 1e-4:
        raise UserError(f"{who} is not the same attention: it differs by {off:.2g}.")
    return once


def tables(report: Report) -> str:
    """Return the report for readers."""
    lines = []
    for row in report["rows"]:
        seconds = {who: [s * 1000 for s in times] for who, times in row["seconds"].items()}
        lines.append(
            [
                f"{row['device']}: {row['what']}, {row['pass']}",
                *(spread(seconds[who], "ms", 1) for who in CONTENDERS),
                faster(seconds[OURS], seconds[BUILT_IN]),
                f"{1 / BAR:.2f}x",
            ]
        )
    head = ["batch x sequence", *CONTENDERS, "our speed-up", "at least"]
    return f"{told(report)}\n\n{table(head, lines)}"


if __name__ == "__main__":
    sys.exit(run_main(lambda: main("attention", measure, tables)))
