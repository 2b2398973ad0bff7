"""The closed formulae of papers, each with what it assumes; `count_flops` has them all as cases.

Letters: B sequences of s tokens, L layers of width h with a heads, a vocabulary of V. All assume
multi-head attention, an MLP of two matrices that is four times as wide as the model, and scores of
all pairs, masked afterwards. All raise `AccountingError` for numbers that cannot be.
"""

from __future__ import annotations

from cs336_core._shared.validation import check_number


def forward_flops(params: float, n_tokens: float) -> float:
    """Return 2 N D: about how many FLOPs a forward pass takes.

    Kaplan et al. (2020, "Scaling Laws for Neural Language Models", section 2.1): a multiplication
    and an addition for each parameter and token. Attention's scores are left out, and embeddings
    must be left out of N.

    >>> f"{forward_flops(175e9, n_tokens=1):.1e}"
    '3.5e+11'
    """
    _check(params=params, n_tokens=n_tokens)
    return 2 * params * n_tokens


def training_flops(params: float, tokens: float) -> float:
    """Return C = 6 N D, the FLOPs that training takes (Kaplan et al. 2020, section 2.1).

    Backward takes twice what forward does: one product for the gradient of the weights, one for
    that of what comes in. Attention's scores are left out; of experts, N has the active ones.

    >>> f"{training_flops(params=70e9, tokens=1.4e12):.2e}"
    '5.88e+23'
    """
    _check(params=params, tokens=tokens)
    return 6 * params * tokens


def training_tokens(flops: float, params: float) -> float:
    """Return D = C / 6 N, the tokens on which a budget trains a model of N parameters.

    >>> f"{training_tokens(flops=5.88e23, params=70e9):.1e}"
    '1.4e+12'
    """
    _check(flops=flops)
    check_number("params", params, above=0)
    return flops / (6 * params)


def kaplan_forward_flops(params: float, n_layers: int, d_model: int, seq_len: int) -> float:
    """Return the forward FLOPs of one token: 2 N + 2 L s h (Kaplan et al. 2020, table 1).

    N has no embeddings. The second term is the scores (2 L s h of multiplications and additions)
    without the values that they weigh, which take as much again.

    >>> kaplan_forward_flops(12 * 2 * 64**2, n_layers=2, d_model=64, seq_len=128)
    229376
    """
    _check(params=params, n_layers=n_layers, d_model=d_model, seq_len=seq_len)
    return 2 * params + 2 * n_layers * seq_len * d_model


def narayanan_training_flops(
    batch: int, seq_len: int, n_layers: int, d_model: int, vocab_size: int
) -> float:
    """Return the FLOPs of a training step whose layers are all recomputed.

    96 B s L h² (1 + s / 6h + V / 16 L h): Narayanan et al. (2021, "Efficient Large-Scale Language
    Model Training on GPU Clusters Using Megatron-LM", equation 3).

    >>> f"{narayanan_training_flops(1, 2048, 96, 12288, 51200):.3g}"
    '2.94e+15'
    """
    _check(batch=batch, seq_len=seq_len, vocab_size=vocab_size)
    _check_above_0(n_layers=n_layers, d_model=d_model)
    lead = 96 * batch * seq_len * n_layers * d_model**2
    return lead * (1 + seq_len / (6 * d_model) + vocab_size / (16 * n_layers * d_model))


def korthikanti_training_flops(
    batch: int, seq_len: int, n_layers: int, d_model: int, vocab_size: int
) -> float:
    """Return the FLOPs of a training step, nothing recomputed.

    72 B s L h² (1 + s / 6h + V / 12 L h): Korthikanti et al. (2022, "Reducing Activation
    Recomputation in Large Transformer Models", appendix A).

    >>> f"{korthikanti_training_flops(1, 2048, 96, 12288, 51200):.3g}"
    '2.2e+15'
    """
    _check(batch=batch, seq_len=seq_len, vocab_size=vocab_size)
    _check_above_0(n_layers=n_layers, d_model=d_model)
    lead = 72 * batch * seq_len * n_layers * d_model**2
    return lead * (1 + seq_len / (6 * d_model) + vocab_size / (12 * n_layers * d_model))


def korthikanti_activation_bytes(
    batch: int, seq_len: int, d_model: int, n_heads: int, *, tensor_parallel: int = 1
) -> float:
    """Return the bytes that one layer keeps for its backward pass, in 16 bits and with dropout.

    s B h (10 + 24 / t + 5 a s / h t), on each of t chips that share every matrix; on one chip that
    is s B h (34 + 5 a s / h). Korthikanti et al. (2022, table 2). With selective recomputation the
    term with a is gone.

    >>> korthikanti_activation_bytes(1, 2048, 12288, 96) / 2**20
    2736.0
    """
    _check(batch=batch, seq_len=seq_len, n_heads=n_heads)
    _check_above_0(d_model=d_model, tensor_parallel=tensor_parallel)
    t = tensor_parallel
    quadratic = 5 * n_heads * seq_len / (d_model * t)
    return seq_len * batch * d_model * (10 + 24 / t + quadratic)


def palm_training_flops(
    params: float, n_layers: int, n_heads: int, d_head: int, seq_len: int
) -> float:
    """Return the training FLOPs of one token: 6 N + 12 L H Q T.

    Chowdhery et al. (2022, "PaLM: Scaling Language Modeling with Pathways", appendix B), for H
    heads of Q numbers and T tokens: the denominator of model FLOPs utilization. N is what the paper
    calls all parameters, of which its embedding is the LM head's table too.

    >>> palm_training_flops(1000, n_layers=1, n_heads=2, d_head=4, seq_len=10)
    6960
    """
    _check(params=params, n_layers=n_layers, n_heads=n_heads, d_head=d_head, seq_len=seq_len)
    return 6 * params + 12 * n_layers * n_heads * d_head * seq_len


def _check(**numbers: float) -> None:
    """Raise `AccountingError`, naming it, for a number that is under 0 or not a number."""
    for name, number in numbers.items():
        check_number(name, number)


def _check_above_0(**numbers: float) -> None:
    """Raise `AccountingError`, naming it, for a number that is not above 0."""
    for name, number in numbers.items():
        check_number(name, number, above=0)
