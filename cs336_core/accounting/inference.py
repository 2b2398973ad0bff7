"""Using a model: how fast it reads a prompt, how fast it writes, and whether it fits.

What is read from memory is taken to be all weights and the cache, once for each pass; of experts,
as many as the tokens can choose. What else is moved is little beside them. Times are the least that
a machine allows, as if it computed and read at its peak.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core.accounting.flops import count_flops, total_flops
from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.machines import BYTES, Machine, Precision
from cs336_core.accounting.memory import kv_cache_bytes, weight_bytes
from cs336_core.accounting.operations import Operation, Pass
from cs336_core.accounting.roofline import Roofline, roofline
from cs336_core.accounting.sizes import check_size
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class Step:
    """One pass of a model on one machine.

    Attributes:
        tokens: new tokens of all sequences.
        flops: what it computes.
        moved_bytes: what it reads.
        memory_bytes: what has to lie in memory: weights and cache.
        fits: whether it does.
        roofline: how long it takes, and what it waits for.

    """

    tokens: int
    flops: int
    moved_bytes: int
    memory_bytes: int
    fits: bool
    roofline: Roofline

    @property
    def seconds(self) -> float:
        """The least time that it takes."""
        return self.roofline.seconds

    @property
    def tokens_per_second(self) -> float:
        """New tokens of all sequences together."""
        return self.tokens / self.seconds


def prefill(
    config: ModelConfig,
    batch: int,
    seq_len: int,
    machine: Machine,
    precision: Precision = "bf16",
) -> Step:
    """Return what it takes to read `batch` prompts of `seq_len` tokens.

    Raises `AccountingError` for sizes that cannot be and a precision that the machine lacks.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.config import preset
    >>> prefill(preset("llama-3-8b"), 1, 8192, H100).roofline.bound
    'compute'
    """
    return forward_step(config, batch, seq_len, machine, precision)


def decode(
    config: ModelConfig,
    batch: int,
    context: int,
    machine: Machine,
    precision: Precision = "bf16",
) -> Step:
    """Return what it takes to write a token after each of `batch` texts of `context` tokens.

    Raises `AccountingError` for sizes that cannot be and a precision that the machine lacks.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.config import preset
    >>> step = decode(preset("llama-2-13b"), 1, 1024, H100)
    >>> f"{1000 * step.seconds:.1f} ms, {step.roofline.bound}"
    '8.0 ms, memory'
    """
    check_size("context", context)
    return forward_step(config, batch, 1, machine, precision, cached=context)


def forward_step(  # noqa: PLR0913  (each but five has a name)
    config: ModelConfig,
    batch: int,
    seq_len: int,
    machine: Machine,
    precision: Precision = "bf16",
    *,
    cached: int = 0,
) -> Step:
    """Return what it takes to read `seq_len` new tokens of `batch` texts after `cached` of each.

    Raises `AccountingError` for sizes that cannot be and a precision that the machine lacks.
    """
    rows = count_flops(config, batch, seq_len, cached=cached, pairs="attended")
    width = BYTES[precision]
    # What is cached is read; of a prompt, it is written. A single token's own are still at hand.
    kept = cached + (seq_len if seq_len > 1 or not cached else 0)
    cache = kv_cache_bytes(config, kept, batch=batch, bytes_per_value=width)
    idle = sum(map(_unread, forward_operations(Pass(config=config, batch=batch, seq_len=seq_len))))
    weights = weight_bytes(config, bytes_per_value=width)
    moved = weights - width * idle + cache
    return Step(
        tokens=batch * seq_len,
        flops=total_flops(rows),
        moved_bytes=moved,
        memory_bytes=weights + cache,
        fits=weights + cache <= machine.memory_bytes,
        roofline=roofline(total_flops(rows), moved, machine, precision),
    )


def _unread(operation: Operation) -> int:
    """Return how many parameters of idle experts are not read."""
    return operation.params - operation.weights_read if operation.idle else 0
