"""Closed formulas from papers, with their assumptions. `count_flops` reproduces each of them.

Symbols: B sequences of s tokens, L layers of width h with a heads, a vocabulary of V. All assume
multi-head attention, an MLP of two matrices with hidden width 4 h, and scores of all pairs, masked
afterwards. All raise `AccountingError` for negative numbers.
"""

from __future__ import annotations

from cs336_core._shared.validation import check_number


def forward_flops(params: float, n_tokens: float) -> float:
    """Return 2 N D, the approximate FLOPs of a forward pass.

    Kaplan et al. (2020, "Scaling Laws for Neural Language Models", section 2.1): one multiply-add
    per parameter and token. Attention scores are ignored, and N must not include embeddings.

    >>> f"{forward_flops(175e9, n_tokens=1):.1e}"
    '3.5e+11'
    """
    _check(params=params, n_tokens=n_tokens)
    return 2 * params * n_tokens


def training_flops(params: float, tokens: float) -> float:
    """Return C = 6 N D, the approximate FLOPs of training (Kaplan et al. 2020, section 2.1).

    The backward pass takes twice the FLOPs of the forward pass: one matrix multiplication for the
    gradient of the weights and one for that of the input. Attention scores are ignored; with
    experts, N is the number of active parameters.

    >>> f"{training_flops(params=70e9, tokens=1.4e12):.2e}"
    '5.88e+23'
    """
    _check(params=params, tokens=tokens)
    return 6 * params * tokens


def training_tokens(flops: float, params: float) -> float:
    """Return D = C / 6 N, the tokens that a budget C pays for with N parameters.

    >>> f"{training_tokens(flops=5.88e23, params=70e9):.1e}"
    '1.4e+12'
    """
    _check(flops=flops)
    check_number("params", params, above=0)
    return flops / (6 * params)


def kaplan_forward_flops(params: float, n_layers: int, d_model: int, seq_len: int) -> float:
    """Return the forward FLOPs of one token: 2 N + 2 L s h (Kaplan et al. 2020, table 1).

    N does not include embeddings. The second term is the attention scores; the weighted sum of
    values, which takes as many FLOPs, is left out.

    >>> kaplan_forward_flops(12 * 2 * 64**2, n_layers=2, d_model=64, seq_len=128)
    229376
    """
    _check(params=params, n_layers=n_layers, d_model=d_model, seq_len=seq_len)
    return 2 * params + 2 * n_layers * seq_len * d_model


def narayanan_training_flops(
    batch: int, seq_len: int, n_layers: int, d_model: int, vocab_size: int
) -> float:
    """Return the FLOPs of a training step with full recomputation.

    96 B s L h² (1 + s / 6h + V / 16 L h): Narayanan et al. (2021, "Efficient Large-Scale Language
    Model Training on GPU Clusters Using Megatron-LM", equation 3).

    >>> f"{narayanan_training_flops(1, 2048, 96, 12288, 51200):.3g}"
    '2.94e+15'
    """
    _check(batch=batch, seq_len=seq_len, vocab_size=vocab_size)
    _check_above_0(n_layers=n_layers, d_model=d_model)
    coefficient = 96 * batch * seq_len * n_layers * d_model**2
    return coefficient * (1 + seq_len / (6 * d_model) + vocab_size / (16 * n_layers * d_model))


def korthikanti_training_flops(
    batch: int, seq_len: int, n_layers: int, d_model: int, vocab_size: int
) -> float:
    """Return the FLOPs of a training step without recomputation.

    72 B s L h² (1 + s / 6h + V / 12 L h): Korthikanti et al. (2022, "Reducing Activation
    Recomputation in Large Transformer Models", appendix A).

    >>> f"{korthikanti_training_flops(1, 2048, 96, 12288, 51200):.3g}"
    '2.2e+15'
    """
    _check(batch=batch, seq_len=seq_len, vocab_size=vocab_size)
    _check_above_0(n_layers=n_layers, d_model=d_model)
    coefficient = 72 * batch * seq_len * n_layers * d_model**2
    return coefficient * (1 + seq_len / (6 * d_model) + vocab_size / (12 * n_layers * d_model))


def korthikanti_hardware_flops(
    batch: int, seq_len: int, n_layers: int, d_model: int, vocab_size: int
) -> float:
    """Return the FLOPs of a training step with selective recomputation, as its paper counts them.

    72 B s L h² (1 + s / 3h + V / 12 L h): Korthikanti et al. (2022, appendix A). Recomputing the
    scores adds all of their training FLOPs there; one more forward pass of them, as `Conventions`
    counts it, adds a third.

    >>> f"{korthikanti_hardware_flops(1, 2048, 96, 12288, 51200):.3g}"
    '2.26e+15'
    """
    model = korthikanti_training_flops(batch, seq_len, n_layers, d_model, vocab_size)
    return model + 12 * batch * seq_len**2 * n_layers * d_model  # the scores


def chinchilla_training_flops(  # noqa: PLR0917  (in the order of the paper)
    seq_len: int,
    n_layers: int,
    d_model: int,
    d_ff: int,
    n_heads: int,
    d_head: int,
    vocab_size: int,
) -> float:
    """Return the training FLOPs of one sequence: Hoffmann et al. (2022), appendix F.

    The embedding counts as a matrix multiplication, and a softmax as 3 FLOPs per score. The ratios
    to 6 N D in table A4 leave out the embedding and the logits, as with a `vocab_size` of 0.

    >>> f"{chinchilla_training_flops(2048, 20, 1024, 4096, 16, 64, 32_000):.3g}"
    '4.94e+12'
    """
    sizes = {"seq_len": seq_len, "n_layers": n_layers, "d_model": d_model, "d_ff": d_ff}
    _check(**sizes, n_heads=n_heads, d_head=d_head, vocab_size=vocab_size)
    width, pairs = n_heads * d_head, seq_len**2
    tables = 2 * 2 * seq_len * vocab_size * d_model
    projections = 2 * 4 * seq_len * d_model * width
    scores = 2 * 2 * pairs * width + 3 * n_heads * pairs
    mlp = 2 * 2 * seq_len * d_model * d_ff
    return 3 * (tables + n_layers * (projections + scores + mlp))


def korthikanti_activation_bytes(
    batch: int, seq_len: int, d_model: int, n_heads: int, *, tensor_parallel: int = 1
) -> float:
    """Return the bytes that one layer saves for the backward pass, in 16 bits and with dropout.

    s B h (10 + 24 / t + 5 a s / h t) on each of t chips with tensor parallelism, which is
    s B h (34 + 5 a s / h) on one chip. Korthikanti et al. (2022, table 2). Selective recomputation
    removes the term with a.

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
    heads of width Q and T tokens: the FLOPs in the definition of model FLOPs utilization. N are all
    parameters; the model of the paper shares its embedding with the LM head.

    >>> palm_training_flops(1000, n_layers=1, n_heads=2, d_head=4, seq_len=10)
    6960
    """
    _check(params=params, n_layers=n_layers, n_heads=n_heads, d_head=d_head, seq_len=seq_len)
    return 6 * params + 12 * n_layers * n_heads * d_head * seq_len


def _check(**numbers: float) -> None:
    """Raise `AccountingError` for a number that is negative or NaN."""
    for name, number in numbers.items():
        check_number(name, number)


def _check_above_0(**numbers: float) -> None:
    """Raise `AccountingError` for a number that is not positive."""
    for name, number in numbers.items():
        check_number(name, number, above=0)
