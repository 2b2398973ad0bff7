"""Timing of modules on two CPU threads and, if there is one, on a CUDA device."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from benchmarks._report import in_turn, timed

THREADS = 2
Work = Callable[[], Tensor]


def devices() -> list[torch.device]:
    """Return the devices to measure on."""
    torch.set_num_threads(THREADS)
    return [torch.device("cpu")] + [torch.device("cuda")] * torch.cuda.is_available()


def device_info() -> dict[str, str]:
    """Return the part of a report that describes the devices."""
    info = {"threads": str(THREADS)}
    if torch.cuda.is_available():
        info["cuda"] = torch.cuda.get_device_name()
    return info


def seconds_of(
    works: Mapping[str, Work], device: torch.device, repeats: int
) -> dict[str, list[float]]:
    """Time each work in alternation, `repeats` times, after one warm-up round."""

    def finished(work: Work) -> None:
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()

    seconds: dict[str, list[float]] = {who: [] for who in works}
    for work in works.values():
        finished(work)
    for _, who in in_turn(list(works), repeats):
        seconds[who].append(timed(finished, works[who])[0])
    return seconds
