"""How fast a run trains, and in how much memory: measured, beside what accounting counts."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass

import torch

from cs336_core.accounting import (
    MACHINES,
    activation_bytes,
    machine,
    training_bytes,
    training_flops_per_token,
)
from cs336_core.model.config import ModelConfig
from cs336_core.training.precision import Precision

_SIZE = 512  # rows of the matrices whose product is timed: large enough to be compute-bound
_REPEATS = 3


@dataclass(frozen=True)
class Peak:
    """The speed that a run is compared with.

    Attributes:
        flops_per_second: of the fastest matrix multiplications.
        name: of the machine, or how it was measured.

    """

    flops_per_second: float
    name: str


class Stopwatch:
    """Adds up time and tokens, except while it is paused."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.tokens = 0
        self._since = time.perf_counter()

    def count(self, tokens: int) -> None:
        """Add the tokens of a step, and the time since the last step or pause."""
        now = time.perf_counter()
        self.seconds += now - self._since
        self.tokens += tokens
        self._since = now

    def skip(self) -> None:
        """Leave out the time since the last step."""
        self._since = time.perf_counter()

    @property
    def tokens_per_second(self) -> float:
        """Tokens per second of training."""
        return self.tokens / self.seconds if self.seconds else 0.0


def peak_of(name: str | None, device: torch.device, precision: Precision) -> Peak:
    """Return the peak of a named machine, of a known GPU, or of a matmul that is timed here.

    Raises `AccountingError` for an unknown machine, and for a precision that it lacks.
    """
    if name is None and device.type == "cuda":
        title = torch.cuda.get_device_name(device).lower()
        name = next((key for key in MACHINES if key.replace("-", " ") in title), None)
    if name is None:
        return Peak(_timed_peak(device, precision), "a large matrix multiplication, timed here")
    chosen = machine(name)
    return Peak(chosen.peak(precision), f"the {precision} peak of {chosen.name}")


def _timed_peak(device: torch.device, precision: Precision) -> float:
    """Return the FLOP/s of the fastest of several multiplications of large matrices."""
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    matrix = torch.ones(_SIZE, _SIZE, dtype=dtype, device=device)
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        matrix @ matrix
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return 2 * _SIZE**3 / min(times)


def flops_per_token(config: ModelConfig) -> float:
    """Return the FLOPs of training per token of a full context."""
    return training_flops_per_token(config, config.context_length)


def counted_bytes(config: ModelConfig, batch: int, n_parameters: int) -> tuple[int, int]:
    """Return the memory of the training state, and of the activations of `batch` sequences.

    Mixed precision here casts matrices as they are multiplied, so both the state and what is saved
    are counted in 32 bits.
    """
    saved = activation_bytes(
        config, batch, config.context_length, bytes_per_value=4, fused_attention=False
    )
    return training_bytes(n_parameters, "fp32").total, saved.total


def peak_memory(device: torch.device) -> int:
    """Return the most bytes that were in use: of the GPU, or of this whole process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
