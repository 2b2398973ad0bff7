"""Using a model: how fast it reads a prompt, how fast it writes, and whether it fits.

Times are the least that a machine allows, as if it computed and moved bytes at its peak. The parts
of a model run one after another. What a part moves is its weights and the cache, once for each
pass; of experts, as many as the tokens can choose. What else is moved, and what norms and lookups
take, is little beside them and left out. The LM head works at the last token of each sequence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cs336_core._shared.validation import check_size
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.machines import BYTES, Machine, Precision
from cs336_core.accounting.memory import kv_cache_bytes, weight_bytes
from cs336_core.accounting.operations import Group, checked_pass
from cs336_core.accounting.roofline import Roofline, in_sequence
from cs336_core.model.config import ModelConfig

Part = Literal["projections", "scores", "mlp", "head"]
PARTS: tuple[Part, ...] = ("projections", "scores", "mlp", "head")
Moved = Literal["weights", "vectors", "scores"]


@dataclass(frozen=True)
class Step:
    """One pass of a model on one machine.

    Attributes:
        tokens: new tokens of all sequences.
        flops: what it computes.
        moved_bytes: weights and cache that it moves.
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
    """Return what it takes to read `batch` prompts of `seq_len` tokens, and to write a token each.

    Raises `AccountingError` for sizes that cannot be and a precision that the machine lacks.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
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
    >>> from cs336_core.model.presets import preset
    >>> step = decode(preset("llama-2-13b"), 1, 1024, H100)
    >>> f"{1000 * step.seconds:.1f} ms, {step.roofline.bound}"
    '7.9 ms, memory'
    """
    context = check_size("context", context)
    return forward_step(config, batch, 1, machine, precision, cached=context)


def forward_step(  # noqa: PLR0913  (each but five has a name)
    config: ModelConfig,
    batch: int,
    seq_len: int,
    machine: Machine,
    precision: Precision = "bf16",
    *,
    cached: int = 0,
    head: bool = True,
) -> Step:
    """Return what it takes to read `seq_len` new tokens of `batch` texts after `cached` of each.

    Without the `head`, that is without the logits of the next token. Raises `AccountingError` for
    sizes that cannot be and a precision that the machine lacks.
    """
    width = BYTES[precision]
    costs = part_costs(config, batch, seq_len, cached=cached, head=head, bytes_per_value=width)
    weights = weight_bytes(config, bytes_per_value=width)
    memory = weights + _cache(config, batch, seq_len, cached, width)
    return Step(
        tokens=batch * seq_len,
        flops=sum(flops for flops, _ in costs.values()),
        moved_bytes=sum(moved for _, moved in costs.values()),
        memory_bytes=memory,
        fits=memory <= machine.memory_bytes,
        roofline=in_sequence(costs.values(), machine, precision),
    )


def part_costs(  # noqa: PLR0913  (each but three has a name)
    config: ModelConfig,
    batch: int,
    seq_len: int,
    *,
    cached: int = 0,
    head: bool = True,
    moved: Moved = "weights",
    bytes_per_value: int = 2,
) -> dict[Part, tuple[int, int]]:
    """Return the FLOPs and the moved bytes of each part of a forward pass.

    Counted as moved are the weights and the caches ("weights"); also the vectors that go in and out
    ("vectors"), as in `count_flops`; or the scores of attention, too, which leave the chip where
    attention is not fused ("scores"). Raises `AccountingError` for sizes that cannot be.
    """
    conventions = Conventions(
        pairs="attended", logits="last", head=head, fused_attention=moved != "scores"
    )
    step = checked_pass(config, batch, seq_len, cached, conventions)
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    costs: dict[Group, tuple[int, int]] = {}
    for operation in forward_operations(step):
        flops, size = costs.get(operation.group, (0, 0))
        numbers = operation.weights_read + (0 if moved == "weights" else operation.moved)
        costs[operation.group] = flops + 2 * operation.macs, size + bytes_per_value * numbers
    if moved == "weights":
        flops, size = costs["scores"]
        cache = _cache(config, batch, seq_len, cached, bytes_per_value)
        costs["scores"] = flops, size + cache
    return {part: costs[part] for part in PARTS if part in costs}


def _cache(config: ModelConfig, batch: int, seq_len: int, cached: int, width: int) -> int:
    """Return the bytes of the cache that a pass reads or, of a prompt, writes.

    A single token's own keys and values are still at hand.
    """
    held = cached + (seq_len if seq_len > 1 or not cached else 0)
    return kv_cache_bytes(config, held, batch=batch, bytes_per_value=width)
