"""FLOPs of a Transformer, operation by operation, by the convention that is asked for.

Published counts of one model differ because their conventions do. Here each is an argument: whether
a multiplication and its addition are one or two, whether pairs that the causal mask hides are
counted, whether the LM head is, whether the backward pass is, and what is computed twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.operations import Group, Logits, Operation, Pairs, Pass
from cs336_core.accounting.sizes import AccountingError, check_choice, check_config, check_size
from cs336_core.model.config import ModelConfig

Unit = Literal["FLOP", "MAC"]
Work = Literal["forward", "backward", "training"]
Recompute = Literal["none", "selective", "full"]


@dataclass(frozen=True)
class FlopRow:
    """What one operation costs, in all layers and for the whole batch.

    Attributes:
        group: the part of the model that it belongs to.
        operation: what it is.
        formula: the sides of the matrix product in the letters of `LETTERS`; their product is the
            number of multiplications of a forward pass. Empty where no matrices are multiplied.
        dimensions: the same in numbers.
        flops: FLOPs, or MACs where that is the unit.
        params: parameters that belong to it; of experts, those of all.
        bytes: bytes moved between the large memory and where it is computed.

    """

    group: Group
    operation: str
    formula: str
    dimensions: str
    flops: int
    params: int
    bytes: int


LETTERS = {
    "L": "layers",
    "B": "sequences in the batch",
    "T": "new tokens of a sequence",
    "S": "tokens of a sequence, those in the cache included",
    "P": "pairs of a token and one that it attends to, in a sequence",
    "d": "width of the residual stream, d_model",
    "h": "query heads",
    "h_kv": "heads of keys and values",
    "d_h": "width of a head",
    "d_ff": "width of an MLP or an expert",
    "E": "experts",
    "E_a": "experts that work on a token",
    "r": "width of the latent that keys and values are made from",
    "r_q": "width of the one that queries are made from",
    "d_n": "numbers of a head that know of no position",
    "d_r": "numbers of a head that are rotated",
    "d_v": "width of a head's value",
    "V": "ids in the vocabulary",
    "C": "labels of a classifier",
}


def count_flops(  # noqa: PLR0913  (each but three has a name)
    config: ModelConfig,
    batch: int,
    seq_len: int,
    *,
    cached: int = 0,
    unit: Unit = "FLOP",
    pairs: Pairs = "all",
    head: bool = True,
    logits: Logits = "all",
    work: Work = "forward",
    recompute: Recompute = "none",
    elementwise: bool = False,
    fused_attention: bool = True,
    bytes_per_value: int = 2,
) -> list[FlopRow]:
    """Count what `batch` sequences of `seq_len` new tokens cost, after `cached` tokens each.

    One step of decoding is `seq_len=1` with the cache so far. Latent attention takes its absorbed
    form where there is a cache.

    Args:
        config: the model.
        batch: how many sequences there are.
        seq_len: how many tokens of each go through the model.
        cached: how many were read before.
        unit: a multiplication and its addition are two ("FLOP"), or one ("MAC").
        pairs: scores are computed of "all" pairs of tokens and masked afterwards, or of the
            "attended" ones alone: those which the causal mask and the window leave.
        head: whether the LM head is counted.
        logits: the head works at "all" tokens, as in training, or at the "last" of each sequence,
            which is what it takes to write the next one.
        work: "backward" takes two products for each of the "forward" pass, one for the gradient of
            what comes in and one for that of the weights or the other side; "training" is both.
            Operations on single numbers are taken to cost twice as much backward, too.
        recompute: what is computed a second time for the backward pass: nothing, the scores and
            values of attention ("selective"; Korthikanti et al. 2022, section 5), or everything in
            the layers ("full"). Once more is a third of what training takes for the scores; that
            paper's hardware FLOPs count all of it again, so their HFU is up to 1.3 points higher.
        elementwise: whether operations on single numbers are counted (see `elementwise`).
        fused_attention: whether scores stay where they are made, as in FlashAttention; for bytes.
        bytes_per_value: of weights and all else that is moved.

    Returns:
        A row for each operation and for everything that has parameters, whose sum over all rows is
        that of the model.

    Raises:
        AccountingError: for sizes and conventions that cannot be, naming the argument.
        ConfigError: for a model that is beyond any there could be.

    >>> config = ModelConfig(vocab_size=100, context_length=16, n_layers=2, d_model=8, n_heads=2)
    >>> row = count_flops(config, batch=1, seq_len=16)[1]
    >>> row.operation, row.formula, row.dimensions, row.flops
    ('query', 'L × B T × d × h d_h', '2 × 16 × 8 × 8', 4096)

    """
    check_config(config)
    batch = check_size("batch", batch)
    seq_len = check_size("seq_len", seq_len)
    cached = check_size("cached", cached, least=0)
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    check_choice("unit", unit, get_args(Unit))
    check_choice("pairs", pairs, get_args(Pairs))
    check_choice("logits", logits, get_args(Logits))
    check_choice("work", work, get_args(Work))
    check_choice("recompute", recompute, get_args(Recompute))
    if recompute != "none" and work == "forward":
        raise AccountingError(
            f"recompute is {recompute!r} and work is 'forward': only a backward pass recomputes; "
            "give work='backward' or 'training'"
        )
    if elementwise and unit == "MAC":
        raise AccountingError(
            "unit is 'MAC', and elementwise operations are no multiplications with an addition; "
            "give unit='FLOP' or elementwise=False"
        )
    if config.positions == "learned" and cached + seq_len > config.context_length:
        raise AccountingError(
            f"seq_len and cached are {cached + seq_len} together; the model has a table of "
            f"{config.context_length} positions (context_length)"
        )
    step = Pass(
        config=config,
        batch=batch,
        seq_len=seq_len,
        cached=cached,
        pairs=pairs,
        fused_attention=fused_attention,
        logits=logits,
    )
    per_mac = 2 if unit == "FLOP" else 1
    return [
        _row(operation, _passes(operation, work, recompute), per_mac, bytes_per_value)
        for operation in forward_operations(step, single_numbers=elementwise)
        if head or operation.group != "head"
    ]


def total_flops(rows: Iterable[FlopRow]) -> int:
    """Return the FLOPs of all rows."""
    return sum(row.flops for row in rows)


def flops_by_group(rows: Iterable[FlopRow]) -> dict[Group, int]:
    """Return the FLOPs of each group, in the order of `Group`."""
    sums: dict[Group, int] = dict.fromkeys(get_args(Group), 0)
    for row in rows:
        sums[row.group] += row.flops
    return sums


def share(rows: Iterable[FlopRow], *groups: Group) -> float:
    """Return the part of the FLOPs that some groups take, between 0 and 1.

    >>> config = ModelConfig(vocab_size=1, context_length=16, n_layers=1, d_model=8, n_heads=2,
    ...                      activation="gelu")
    >>> share(count_flops(config, 1, 16, head=False), "projections", "scores")
    0.5
    """
    sums = flops_by_group(rows)
    for group in groups:
        check_choice("group", group, get_args(Group))
    return sum(sums[group] for group in groups) / sum(sums.values())


def _passes(operation: Operation, work: Work, recompute: Recompute) -> int:
    """Return how many times the cost of a forward pass an operation has."""
    again = operation.in_layers and (
        recompute == "full" or (recompute == "selective" and operation.group == "scores")
    )
    return {"forward": 1, "backward": 2, "training": 3}[work] + again


def _row(operation: Operation, passes: int, per_mac: int, bytes_per_value: int) -> FlopRow:
    """Return what an operation costs."""
    return FlopRow(
        group=operation.group,
        operation=operation.name,
        formula=" × ".join(letter for letter, _ in operation.factors),
        dimensions=" × ".join(str(number) for _, number in operation.factors),
        flops=passes * (per_mac * operation.macs + operation.elementwise),
        params=operation.params,
        bytes=passes * bytes_per_value * (operation.weights_read + operation.moved),
    )
