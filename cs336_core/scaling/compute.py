"""The compute of a training run, before anything is trained.

A matrix of N numbers takes 2N FLOPs a token forward, a multiplication and an addition for each.
Backward it takes twice as many, one product for the gradient of the weights and one for that of the
input. That is 6 N D for D tokens (Kaplan et al. 2020, "Scaling Laws for Neural Language Models",
section 2.1). Attention's scores are left out, and in their N embeddings too.
"""

from __future__ import annotations


def training_flops(params: float, tokens: float) -> float:
    """Return C = 6 N D, the FLOPs that training takes.

    >>> f"{training_flops(params=70e9, tokens=1.4e12):.2e}"
    '5.88e+23'
    """
    return 6 * params * tokens


def training_tokens(flops: float, params: float) -> float:
    """Return D = C / 6 N, the tokens on which a budget trains a model of N parameters.

    >>> f"{training_tokens(flops=5.88e23, params=70e9):.1e}"
    '1.4e+12'
    """
    return flops / (6 * params)


def training_seconds(
    flops: float, n_chips: int, flops_per_second: float, utilisation: float
) -> float:
    """Return how long a training run takes.

    `utilisation` is the part of the chips' `flops_per_second` that the model's own arithmetic
    reaches (MFU; Chowdhery et al. 2022, "PaLM: Scaling Language Modeling with Pathways", section
    4.1), between 0 and 1. Raises `ValueError` for one that cannot be, and for no chips.

    >>> flops = training_flops(params=70e9, tokens=15e12)
    >>> round(training_seconds(flops, 1024, 989e12, utilisation=0.5) / 86_400)
    144
    """
    if not 0 < utilisation <= 1:
        raise ValueError(f"utilisation is {utilisation}; it must be over 0 and at most 1")
    if n_chips < 1:
        raise ValueError(f"n_chips is {n_chips}; it must be 1 or more")
    return flops / (n_chips * flops_per_second * utilisation)
