"""FLOPs of a plain Transformer, operation by operation.

A product of an (m, k) matrix with a (k, n) matrix takes m x n x k multiplications and as many
additions: 2 m k n FLOPs. Everything but matrix products is left out, as in the papers: it is less
than 1 % of the work. The sum is that of Narayanan et al. (2021, "Efficient Large-Scale Language
Model Training on GPU Clusters Using Megatron-LM", equation 3) where layers are recomputed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core.accounting.transformer import PlainTransformer

Half = Literal["attention", "mlp", "head"]
Unit = Literal["FLOP", "MAC"]
Work = Literal["forward", "training", "training with recomputation"]


@dataclass(frozen=True)
class Row:
    """One operation of all layers together.

    Attributes:
        operation: what is multiplied.
        half: the half of the layer that it belongs to, or the LM head.
        dimensions: the matrix product for one token, in the letters of the papers.
        flops: FLOPs (or MACs) for one token.
        params: parameters that take part.

    """

    operation: str
    half: Half
    dimensions: str
    flops: int
    params: int


def rows(  # noqa: PLR0913
    model: PlainTransformer,
    seq_len: int,
    *,
    unit: Unit = "FLOP",
    causal: bool = False,
    head: bool = True,
    work: Work = "forward",
) -> list[Row]:
    """Count one token's share of a sequence of `seq_len` tokens.

    `unit` counts a multiplication and its addition as two ("FLOP") or as one ("MAC"). `causal`
    counts half of the scores, since a token attends to those before it only. `head` counts the LM
    head. "training" adds the backward pass, twice the forward one; with "recomputation" the forward
    pass of the layers, not of the head, is made a second time. Raises `ValueError` for a `seq_len`
    under 1 and for a unit or a work that there is not.

    >>> model = PlainTransformer(n_layers=1, d_model=8, d_ff=32)
    >>> [(row.operation, row.flops) for row in rows(model, seq_len=16, head=False)]
    [('projections', 512), ('scores and values', 512), ('MLP', 1024)]
    """
    if seq_len < 1:
        raise ValueError(f"seq_len is {seq_len}; it must be 1 or more")
    if unit not in get_args(Unit):
        raise ValueError(f"unit is {unit!r}; it must be one of {get_args(Unit)}")
    if work not in get_args(Work):
        raise ValueError(f"work is {work!r}; it must be one of {get_args(Work)}")
    per_mac = 2 if unit == "FLOP" else 1
    passes = {"forward": 1, "training": 3, "training with recomputation": 4}[work]
    scores = 2 * model.n_layers * seq_len * model.d_model // (2 if causal else 1)
    attention, mlp, logits = model.attention_params, model.mlp_params, model.embedding_params

    counted = [
        Row("projections", "attention", "4 (d × d)", passes * per_mac * attention, attention),
        Row("scores and values", "attention", "2 (d × s)", passes * per_mac * scores, 0),
        Row("MLP", "mlp", "2 (d × d_ff)", passes * per_mac * mlp, mlp),
    ]
    if head:
        counted.append(Row("logits", "head", "d × V", min(passes, 3) * per_mac * logits, logits))
    return counted


def forward_flops(params: float, n_tokens: float) -> float:
    """Return about how many FLOPs a forward pass takes: 2 a parameter for each token.

    Kaplan et al. (2020, "Scaling Laws for Neural Language Models", section 2.1). Attention's scores
    are left out.

    >>> f"{forward_flops(175e9, n_tokens=1):.1e}"
    '3.5e+11'
    """
    return 2 * params * n_tokens


def share(counted: Iterable[Row], half: Half) -> float:
    """Return the part of the FLOPs that one half takes, between 0 and 1.

    >>> model = PlainTransformer(n_layers=1, d_model=8, d_ff=32)
    >>> share(rows(model, seq_len=16), "mlp")
    0.5
    """
    flops = [(row.half, row.flops) for row in counted]
    return sum(each for name, each in flops if name == half) / sum(each for _, each in flops)
