"""Exercises of the lecture on generation: from logits to probabilities, and a nucleus of them."""

from __future__ import annotations

import math

from cs336_core.exercises.exercise import Case, Exercise

_SUM = "Probabilities add up to 1."
_LARGE = "math.exp overflows above 709: subtract the largest logit first, which changes no result."
_ORDER = "The result keeps the order of `probs`; sort only to choose the tokens."
_REACH = "The token that brings the sum up to p or more is in the nucleus, too."
_RESCALE = "Rescale the probabilities of the nucleus so that they add up to 1."


def softmax(logits: list[float], temperature: float) -> list[float]:
    """Return the probabilities of the logits at a temperature above 0."""
    largest = max(logits)
    weights = [math.exp((logit - largest) / temperature) for logit in logits]
    total = sum(weights)
    return [weight / total for weight in weights]


def keep_top_p(probs: list[float], p: float) -> list[float]:
    """Return the probabilities of the nucleus, rescaled; the other tokens have 0."""
    kept = [0.0] * len(probs)
    total = 0.0
    for i in sorted(range(len(probs)), key=probs.__getitem__, reverse=True):
        if total >= p:
            break
        kept[i] = probs[i]
        total += probs[i]
    return [prob / total for prob in kept]


SOFTMAX = Exercise(
    name="softmax",
    task="Turn logits into probabilities at a given temperature.",
    imports="import math",
    start='''\
import math


def softmax(logits, temperature):
    """Return a list of exp(logit / temperature), scaled to add up to 1.

    >>> softmax([2.0, 2.0], temperature=1.0)
    [0.5, 0.5]
    """
''',
    hints=(
        "Compute `math.exp(logit / temperature)` for each logit, then add these up.",
        "Divide each exponential by the sum.",
        "Subtract `max(logits)` from each logit first: the quotients stay the same, and the "
        "largest exponential is `math.exp(0)`, which is 1.",
    ),
    cases=(
        Case(([2.0, 2.0], 1.0), note=_SUM),
        Case(([0.0, 0.0, 0.0, 0.0], 1.0), note=_SUM),
        Case(([1.0, 0.0], 1.0)),
        Case(([1.0, 0.0], 0.5), note="A temperature below 1 sharpens the distribution."),
        Case(([1.0, -1.0, 0.5], 2.0), note="A temperature above 1 flattens it."),
        Case(([-3.0], 1.0), note="The only token has a probability of 1."),
        Case(([1000.0, 1000.0], 1.0), note=_LARGE),
        Case(([0.0, -800.0], 1.0), note=_SUM),
    ),
    reference=softmax,
    solution=softmax,
)

KEEP_TOP_P = Exercise(
    name="keep_top_p",
    task="Keep the nucleus: the fewest tokens whose probabilities add up to at least p.",
    start='''\
def keep_top_p(probs, p):
    """Return a list: 0 for tokens outside the nucleus, the others rescaled.

    The nucleus takes the most probable tokens first. Of equally probable
    tokens, it takes those that come first in `probs`.

    >>> keep_top_p([0.25, 0.5, 0.125, 0.125], p=0.75)
    [0.3333333333333333, 0.6666666666666666, 0.0, 0.0]
    """
''',
    hints=(
        "Go through the tokens from the most to the least probable, and add up as you go.",
        "`sorted(range(len(probs)), key=probs.__getitem__, reverse=True)` gives their indices in "
        "that order. Stop as soon as the sum is at least p.",
        "Copy the probabilities of the nucleus into a list that starts as `[0.0] * len(probs)`, "
        "and divide every entry by the sum.",
    ),
    cases=(
        Case(([0.25, 0.5, 0.125, 0.125], 0.75), note=_RESCALE),
        Case(([0.5, 0.25, 0.25], 0.5), note=_REACH),
        Case(([0.5, 0.25, 0.125, 0.125], 0.6), note=_REACH),
        Case(([0.0625, 0.1875, 0.25, 0.5], 0.8), note=_ORDER),
        Case(([0.25, 0.25, 0.25, 0.25], 0.5), note="Among ties, the first tokens are kept."),
        Case(([0.5, 0.25, 0.25], 1.0), note="With p = 1, every token stays."),
        Case(([0.75, 0.25], 0.01), note="The most probable token always stays."),
    ),
    reference=keep_top_p,
    solution=keep_top_p,
)

ALL = (SOFTMAX, KEEP_TOP_P)
