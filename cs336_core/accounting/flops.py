"""The FLOPs of a Transformer, operation by operation.

Published counts of one model differ because their conventions do; see `Conventions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from cs336_core._shared.validation import check_choice, check_size
from cs336_core.accounting.conventions import FORWARD, Conventions
from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.operations import Group, Operation, checked_pass
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class FlopRow:
    """The cost of one operation, in all layers and for the whole batch.

    Attributes:
        group: the part of the model that it belongs to.
        operation: its name.
        formula: the dimensions of the matrix multiplication in the letters of `SYMBOLS`; their
            product is the number of multiply-adds in a forward pass. Empty for other operations.
        dimensions: the same in numbers.
        flops: FLOPs, or MACs if that is the unit.
        params: its parameters, including those of inactive experts.
        bytes: bytes moved between main memory and the compute units.

    """

    group: Group
    operation: str
    formula: str
    dimensions: str
    flops: int
    params: int
    bytes: int


SYMBOLS = {
    "L": "layers",
    "B": "sequences in the batch",
    "T": "new tokens of a sequence",
    "S": "tokens of a sequence, including cached ones",
    "P": "attended pairs of tokens in a sequence",
    "d": "width of the residual stream, d_model",
    "d_e": "width of embeddings, where it differs from d",
    "h": "query heads",
    "h_kv": "key and value heads",
    "d_h": "width of a head",
    "d_ff": "hidden width of an MLP or an expert",
    "E": "experts",
    "E_a": "active experts per token",
    "r": "width of the latent for keys and values",
    "r_q": "width of the latent for queries",
    "d_n": "dimensions of a head without position",
    "d_r": "rotated dimensions of a head",
    "d_v": "width of a value head",
    "V": "size of the vocabulary",
    "C": "labels of a classifier",
}


def count_flops(
    config: ModelConfig,
    batch: int,
    seq_len: int,
    conventions: Conventions = FORWARD,
    *,
    cached: int = 0,
    bytes_per_value: int = 2,
) -> list[FlopRow]:
    """Count the FLOPs of `batch` sequences of `seq_len` new tokens, after `cached` tokens each.

    A decoding step is `seq_len=1` after `cached` tokens. With a cache, latent attention uses its
    absorbed form.

    Args:
        config: the model.
        batch: the number of sequences.
        seq_len: the number of new tokens in each.
        conventions: how to count; by default the matrix multiplications of a forward pass, in
            FLOPs.
        cached: the number of earlier tokens in each, whose keys and values are cached.
        bytes_per_value: of weights and of everything else that is moved.

    Returns:
        A row per operation, and per module with parameters but no FLOPs, such as the embedding.

    Raises:
        AccountingError: for a size out of range, naming the argument.
        ConfigError: for a configuration with a size above 10⁹.

    >>> config = ModelConfig(vocab_size=100, context_length=16, n_layers=2, d_model=8, n_heads=2)
    >>> row = count_flops(config, batch=1, seq_len=16)[1]
    >>> row.operation, row.formula, row.dimensions, row.flops
    ('query', 'L × B T × d × h d_h', '2 × 16 × 8 × 8', 4096)
    >>> count_flops(config, batch=1, seq_len=16, conventions=Conventions(unit="MAC"))[1].flops
    2048

    """
    step = checked_pass(config, batch, seq_len, cached, conventions)
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    return [_row(operation, conventions, bytes_per_value) for operation in forward_operations(step)]


def total_flops(rows: Iterable[FlopRow]) -> int:
    """Return the FLOPs of all rows."""
    return sum(row.flops for row in rows)


def flops_by_group(rows: Iterable[FlopRow]) -> dict[Group, int]:
    """Return the FLOPs of each group, in the order of `Group`."""
    sums: dict[Group, int] = dict.fromkeys(get_args(Group), 0)
    for row in rows:
        sums[row.group] += row.flops
    return sums


def flops_fraction(rows: Iterable[FlopRow], *groups: Group) -> float:
    """Return the fraction of the FLOPs that some groups take, between 0 and 1.

    >>> config = ModelConfig(vocab_size=1, context_length=16, n_layers=1, d_model=8, n_heads=2,
    ...                      activation="gelu")
    >>> flops_fraction(count_flops(config, 1, 16, Conventions(head=False)), "projections", "scores")
    0.5
    """
    sums = flops_by_group(rows)
    for group in groups:
        check_choice("group", group, get_args(Group))
    return sum(sums[group] for group in groups) / sum(sums.values())


def _passes(operation: Operation, conventions: Conventions) -> int:
    """Return the cost of an operation as a multiple of its forward pass."""
    recompute = conventions.recompute
    is_recomputed = operation.in_layers and (
        recompute == "full" or (recompute == "selective" and operation.group == "scores")
    )
    return {"forward": 1, "backward": 2, "training": 3}[conventions.work] + is_recomputed


def _row(operation: Operation, conventions: Conventions, bytes_per_value: int) -> FlopRow:
    """Return the cost of an operation."""
    passes = _passes(operation, conventions)
    per_mac = 2 if conventions.unit == "FLOP" else 1
    return FlopRow(
        group=operation.group,
        operation=operation.name,
        formula=" × ".join(letter for letter, _ in operation.factors),
        dimensions=" × ".join(str(number) for _, number in operation.factors),
        flops=passes * (per_mac * operation.macs + operation.elementwise),
        params=operation.params,
        bytes=passes * bytes_per_value * (operation.weights_read + operation.moved),
    )
