"""What implementations save for the backward pass, beyond the rule of Korthikanti et al. (2022).

A norm computed in 32 bits saves a wide copy of its input; an activation written out in several
operations saves what lies between them; plain attention may copy shared keys and values for each
query head. The numbers for transformers hold for version 5 and are tested against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Implementation = Literal["textbook", "transformers", "transformers-gpt2", "cs336_core"]
Saved = tuple[int, int]  # how many values are saved in 32 bits, and in the width of the activations


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What is saved per element, as (values in 32 bits, values in the width of the activations).

    Attributes:
        rmsnorm, layernorm: per element of the norm's input.
        hidden: per hidden element of the MLP, with the input of its last matrix.
        score: per attention score, in plain attention.
        has_fused_attention: whether scores can stay on the chip.
        copies_heads: whether plain attention copies shared keys and values for each query head.
        extra_heads: how many further copies of all heads fused attention saves.
        in_blocks: whether plain attention leaves out most of the scores that a causal mask hides in
            long sequences; see `causal_blocks`.
        wide_heads: whether plain attention saves queries, keys and values in 32 bits.
        logits: how many values per logit are saved, in 32 bits.

    """

    rmsnorm: Saved
    layernorm: Saved
    hidden: dict[str, Saved]
    score: Saved
    has_fused_attention: bool = True
    copies_heads: bool = False
    extra_heads: int = 0
    in_blocks: bool = False
    wide_heads: bool = False
    logits: int = 1


# Fused kernels, as Megatron's: norms, activations and gates save their inputs.
_FUSED: dict[str, Saved] = {
    "relu": (0, 2), "relu_squared": (0, 2), "gelu": (0, 2), "gelu_tanh": (0, 2),
    "quick_gelu": (0, 2), "silu": (0, 2),
    "reglu": (0, 4), "swiglu": (0, 4), "geglu": (0, 4), "geglu_tanh": (0, 4),
}  # fmt: skip
SAVINGS: dict[Implementation, Saving] = {
    "textbook": Saving(rmsnorm=(0, 1), layernorm=(0, 1), hidden=_FUSED, score=(0, 1)),
    "transformers": Saving(
        rmsnorm=(1, 1),
        layernorm=(0, 1),
        hidden=_FUSED | {"relu": (0, 1)},  # its output alone
        score=(1, 1),
        copies_heads=True,
    ),
    # One projection computes queries, keys and values, which stays beside copies of two of them.
    "transformers-gpt2": Saving(
        rmsnorm=(0, 1),
        layernorm=(0, 1),
        hidden=_FUSED | {"relu": (0, 1), "gelu_tanh": (0, 5)},
        score=(0, 1),
        extra_heads=2,
    ),
    "cs336_core": Saving(
        rmsnorm=(1, 1),
        layernorm=(1, 1),
        hidden={
            "relu": (0, 2), "relu_squared": (0, 3), "gelu": (0, 4), "gelu_tanh": (3, 1),
            "quick_gelu": (0, 3), "silu": (0, 3),
            "reglu": (0, 4), "swiglu": (0, 5), "geglu": (0, 6), "geglu_tanh": (3, 3),
        },
        score=(1, 0),
        has_fused_attention=False,
        copies_heads=True,
        in_blocks=True,
        wide_heads=True,
        logits=2,
    ),
}  # fmt: skip


def bytes_per_element(saved: Saved, width: int) -> int:
    """Return the bytes of what is saved per element, for activations of `width` bytes."""
    wide, own = saved
    return 4 * wide + width * own
