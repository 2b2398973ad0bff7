"""The conventions of a count: why two published counts of one model differ, and both are right.

Does a multiply-add count as one or two? Do masked pairs count, the LM head, the backward pass,
recomputation?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_flag, short_repr
from cs336_core.accounting.errors import AccountingError

Unit = Literal["FLOP", "MAC"]
Pairs = Literal["all", "attended"]
Logits = Literal["all", "last"]
Work = Literal["forward", "backward", "training"]
Recompute = Literal["none", "selective", "full"]


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """How to count a pass of a model. The defaults are those of papers and of PyTorch's counter.

    Attributes:
        unit: a multiply-add counts as two ("FLOP") or as one ("MAC").
        pairs: scores are computed for "all" pairs of tokens and masked afterwards, or only for the
            "attended" pairs that the causal mask and the window leave.
        head: whether the LM head is counted.
        logits: the head computes logits at "all" new tokens, as in training, or at the "last" of
            each sequence, which is enough to generate the next one.
        work: "backward" takes two matrix multiplications for each one of the "forward" pass, for
            the gradients of its two operands. "training" is both. Elementwise operations are
            assumed to cost twice as much in the backward pass, too.
        recompute: what is computed a second time for the backward pass: nothing, the scores and
            values of attention ("selective"; Korthikanti et al. 2022, section 5), or everything in
            the layers ("full"). Recomputing the scores adds a third of their training FLOPs;
            `korthikanti_hardware_flops` adds all of them, as that paper does.
        elementwise: whether elementwise operations are counted: norms, softmax, activations, sums.
        fused_attention: whether scores stay on the chip, as in FlashAttention. This affects the
            bytes moved, not the FLOPs.

    Raises:
        AccountingError: for an unknown choice, for recomputation without a backward pass, and for
            elementwise operations in MACs.

    >>> Conventions(work="training", recompute="full").pairs
    'all'
    >>> Conventions(unit="MACs")
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: unit is 'MACs'; it must be one of 'FLOP', 'MAC'

    """

    unit: Unit = "FLOP"
    pairs: Pairs = "all"
    head: bool = True
    logits: Logits = "all"
    work: Work = "forward"
    recompute: Recompute = "none"
    elementwise: bool = False
    fused_attention: bool = True

    def __post_init__(self) -> None:
        """Check every convention, and that they do not contradict each other."""
        check_choice("unit", self.unit, get_args(Unit))
        check_choice("pairs", self.pairs, get_args(Pairs))
        check_choice("logits", self.logits, get_args(Logits))
        check_choice("work", self.work, get_args(Work))
        check_choice("recompute", self.recompute, get_args(Recompute))
        for name in ("head", "elementwise", "fused_attention"):
            check_flag(name, getattr(self, name))
        if self.recompute != "none" and self.work == "forward":
            raise AccountingError(
                f"recompute is {self.recompute!r} and work is 'forward', but only a backward pass "
                "recomputes; pass work='backward' or 'training'"
            )
        if self.elementwise and self.unit == "MAC":
            raise AccountingError(
                "unit is 'MAC', but elementwise operations are not multiply-adds; pass unit='FLOP' "
                "or elementwise=False"
            )


FORWARD = Conventions()
TRAINING = Conventions(work="training")


def check_conventions(value: object) -> None:
    """Raise `AccountingError` for anything but `Conventions`."""
    if not isinstance(value, Conventions):
        raise AccountingError(
            f"conventions is {short_repr(value)}; pass Conventions(...), such as "
            "Conventions(work='training')"
        )
