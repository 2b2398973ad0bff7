"""Inference: the time of prefill and decode, and whether the model fits into memory.

Times are lower bounds, for a machine that computes and moves bytes at its peak. The parts of a
model run one after another. Each part moves its weights and the KV cache once per pass; of experts,
as many as the tokens can be routed to. Other traffic, norms and lookups are negligible and left
out. The LM head is applied to the last token of each sequence.
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
        flops: FLOPs of the pass.
        moved_bytes: bytes of weights and cache that it moves.
        memory_bytes: bytes of weights and cache that must fit into memory.
        fits: whether they do.
        roofline: its time, and what it is bound by.

    """

    tokens: int
    flops: int
    moved_bytes: int
    memory_bytes: int
    fits: bool
    roofline: Roofline

    @property
    def seconds(self) -> float:
        """The minimum time of the pass."""
        return self.roofline.seconds

    @property
    def tokens_per_second(self) -> float:
        """New tokens of all sequences per second."""
        return self.tokens / self.seconds


def prefill(
    config: ModelConfig,
    batch: int,
    seq_len: int,
    machine: Machine,
    precision: Precision = "bf16",
) -> Step:
    """Return the cost of processing `batch` prompts of `seq_len` tokens, up to the first new token.

    Raises `AccountingError` for invalid sizes and a precision that the machine does not support.

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
    """Return the cost of generating one token for each of `batch` sequences of `context` tokens.

    Raises `AccountingError` for invalid sizes and a precision that the machine does not support.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> step = decode(preset("llama-2-13b"), 1, 1024, H100)
    >>> f"{1000 * step.seconds:.1f} ms, {step.roofline.bound}"
    '7.9 ms, memory'
    """
    context = check_size("context", context)
    return forward_step(config, batch, 1, machine, precision, cached=context)


def forward_step(
    config: ModelConfig,
    batch: int,
    seq_len: int,
    machine: Machine,
    precision: Precision = "bf16",
    *,
    cached: int = 0,
    head: bool = True,
) -> Step:
    """Return the cost of `seq_len` new tokens after `cached` ones, in each of `batch` sequences.

    Without `head`, no logits are computed. Raises `AccountingError` for invalid sizes and a
    precision that the machine does not support.
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


def part_costs(
    config: ModelConfig,
    batch: int,
    seq_len: int,
    *,
    cached: int = 0,
    head: bool = True,
    moved: Moved = "weights",
    bytes_per_value: int = 2,
) -> dict[Part, tuple[int, int]]:
    """Return the FLOPs and the bytes moved by each part of a forward pass.

    `moved` selects what counts as moved: weights and caches ("weights"); also input and output
    vectors ("vectors"), as in `count_flops`; or attention scores, too, which leave the chip unless
    attention is fused ("scores"). Raises `AccountingError` for invalid sizes.
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
    """Return the bytes of the cache that a decoding step reads or a prefill writes.

    The keys and values of a single new token are still on the chip, so it does not read them.
    """
    tokens = cached + (seq_len if seq_len > 1 or not cached else 0)
    return kv_cache_bytes(config, tokens, batch=batch, bytes_per_value=width)
