"""Our attention against the same computation with PyTorch's built-in operations.

    python -m benchmarks.attention [--quick | --markdown]

The built-ins are `matmul`, `masked_fill` and `softmax`, operation for operation the same.
`F.scaled_dot_product_attention`, which is fused and never stores all scores, is shown for
comparison, without a target. Runs on two threads and, if there is one, on a CUDA device.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks._devices import Work, device_info, devices, seconds_of
from benchmarks._report import Report, machine, main, median_range, speedup, table
from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.masks import causal_mask
from tools.shell.errors import UserError

REPEATS = 9
MAX_RATIO = 1.5  # upper bound on our time / time of the built-ins
HEADS, WIDTH = 8, 64
SHAPES = ((8, 128), (2, 512), (1, 1024))  # batch, sequence: about the same number of tokens
OURS, BUILT_IN, FUSED = "ours", "built-ins", "fused"


def built_in(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Compute attention with PyTorch's operations."""
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
    """Time all shapes, with and without a mask, forward only and with the backward pass."""
    rows = []
    for device in devices():
        for batch, seq in SHAPES[:1] if quick else SHAPES:
            for is_causal in (False, True):
                for is_trained in (False, True):
                    tensors = inputs(batch, seq, device)
                    mask = causal_mask(seq, device=device) if is_causal else None
                    works = {who: work(who, tensors, mask, is_trained) for who in CONTENDERS}
                    rows.append(
                        {
                            "device": device.type,
                            "what": f"{batch} x {seq}{', causal' if is_causal else ''}",
                            "pass": "forward, backward" if is_trained else "forward",
                            "seconds": seconds_of(works, device, 1 if quick else REPEATS),
                        }
                    )
    return {"on": machine("torch", **device_info()), "rows": rows}


def inputs(batch: int, seq: int, device: torch.device) -> list[Tensor]:
    """Return queries, keys and values."""
    torch.manual_seed(0)
    shape = (batch, HEADS, seq, WIDTH)
    return [torch.randn(shape, device=device, requires_grad=True) for _ in range(3)]


def work(who: str, tensors: list[Tensor], mask: Tensor | None, is_trained: bool) -> Work:
    """Return the computation to time; raise `UserError` if its result is wrong."""
    query, key, value = tensors
    gradient = torch.ones_like(value)
    attend = CONTENDERS[who]

    def once() -> Tensor:
        if is_trained:
            return torch.autograd.grad(attend(query, key, value, mask), tensors, gradient)[0]
        with torch.no_grad():
            return attend(query, key, value, mask)

    with torch.no_grad():
        error = float(
            (attend(query, key, value, mask) - built_in(query, key, value, mask)).abs().max()
        )
    if error > 1e-4:
        raise UserError(f"{who} does not compute the same attention: it differs by {error:.2g}.")
    return once


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    lines = []
    for row in report["rows"]:
        seconds = {who: [s * 1000 for s in times] for who, times in row["seconds"].items()}
        lines.append(
            [
                f"{row['device']}: {row['what']}, {row['pass']}",
                *(median_range(seconds[who], "ms", 1) for who in CONTENDERS),
                speedup(seconds[OURS], seconds[BUILT_IN]),
                f"{1 / MAX_RATIO:.2f}x",
            ]
        )
    head = ["batch x sequence", *CONTENDERS, "our speed-up", "at least"]
    return table(head, lines)


if __name__ == "__main__":
    sys.exit(main("attention", measure, tables))
