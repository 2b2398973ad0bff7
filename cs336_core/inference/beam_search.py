"""Beam search: extend the few most probable sequences, not only the best one."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cs336_core._shared.validation import InvalidValueError, check_number, check_size

Token = int | str
Tokens = tuple[Token, ...]
NextProbs = Callable[[Tokens], Mapping[Token, float]]


class Beam(NamedTuple):
    """A partial sequence and its probability.

    Attributes:
        tokens: the tokens so far.
        log_prob: the sum of the logarithms of their probabilities, in nats.

    """

    tokens: Tokens
    log_prob: float

    @property
    def prob(self) -> float:
        """The product of the probabilities."""
        return math.exp(self.log_prob)


class Candidate(NamedTuple):
    """A sequence that a step of the search considered.

    Attributes:
        beam: the sequence.
        parent: the index, in the step before, of the beam that it extends.
        score: what candidates are ranked by: `log_prob`, unless there is a penalty.
        rank: its index among the beams of this step; `None` if it was dropped.

    """

    beam: Beam
    parent: int
    score: float
    rank: int | None


def beam_search(
    next_probs: NextProbs,
    width: int,
    length: int,
    *,
    end: Token | None = None,
    length_penalty: float = 0.0,
    n_groups: int = 1,
    diversity: float = 0.0,
) -> list[Beam]:
    """Return the `width` best sequences of up to `length` tokens that were found, the best first.

    `next_probs` returns the probability of each token that may follow a partial sequence. Each step
    extends the `width` best sequences with their `width` most probable tokens and selects the
    `width` best of these width x width candidates. A width of 1 is greedy search; a width that fits
    all partial sequences is exhaustive. Ties go to the sequence found first.

    A sequence that ends with the token `end` is complete: it is no longer extended, but has to stay
    among the best. Since each token makes a sequence less probable, short ones win; the
    `length_penalty`, alpha in Wu et al. (2016, section 7), divides log p by ((5 + length) / 6) **
    alpha. The beams often differ in a word only; with `n_groups` of equal size, each group pays
    `diversity` nats for every time that an earlier group chose the same token at the same step
    (Vijayakumar et al. 2016).

    Raises `InvalidValueError`, a `ValueError`, for a width or a length below 1, groups that do not
    divide the width, a negative penalty, and a probability outside of [0, 1].

    >>> follow = {(): {"the": 0.5, "a": 0.4}, ("the",): {"cat": 0.35}, ("a",): {"cat": 0.9}}
    >>> [" ".join(beam_search(follow.get, width, 2)[0].tokens) for width in (1, 2)]
    ['the cat', 'a cat']
    """
    steps = beam_steps(
        next_probs,
        width,
        length,
        end=end,
        length_penalty=length_penalty,
        n_groups=n_groups,
        diversity=diversity,
    )
    for step in steps:
        candidates = step
    survivors = [candidate for candidate in candidates if candidate.rank is not None]
    best = sorted(survivors, key=lambda each: -_score(each.beam, length_penalty))
    return [candidate.beam for candidate in best]


def beam_steps(
    next_probs: NextProbs,
    width: int,
    length: int,
    *,
    end: Token | None = None,
    length_penalty: float = 0.0,
    n_groups: int = 1,
    diversity: float = 0.0,
) -> Iterator[list[Candidate]]:
    """Yield the candidates of each step of `beam_search`, which makes them a tree.

    Each group's candidates are sorted by score; those with a rank are the beams of the next step.

    >>> follow = {(): {"the": 0.5, "a": 0.4}, ("the",): {"cat": 0.35}, ("a",): {"cat": 0.9}}
    >>> for step in beam_steps(follow.get, 2, 2):
    ...     print([(*each.beam.tokens, each.parent, each.rank) for each in step])
    [('the', 0, 0), ('a', 0, 1)]
    [('a', 'cat', 1, 0), ('the', 'cat', 0, 1)]
    """
    width, length = check_size("width", width), check_size("length", length)
    check_number("length_penalty", length_penalty)
    check_number("diversity", diversity)
    if width % check_size("n_groups", n_groups):
        raise InvalidValueError(f"n_groups is {n_groups}; it must divide the width, {width}")
    in_group = width // n_groups
    groups = [[Beam((), 0.0)] for _ in range(n_groups)]
    for _ in range(length):
        chosen: Counter[Token] = Counter()  # by earlier groups, at this step
        step: list[Candidate] = []
        for g, beams in enumerate(groups):
            candidates = []
            for i, beam in enumerate(beams):
                if beam.tokens and beam.tokens[-1] == end:
                    candidates.append((_score(beam, length_penalty), i, beam))
                    continue
                prices = {token: diversity * n for token, n in chosen.items()}
                for price, extended in _best_extensions(beam, next_probs, in_group, prices):
                    candidates.append((_score(extended, length_penalty, price), i, extended))
            candidates.sort(key=lambda each: -each[0])
            groups[g] = [beam for *_, beam in candidates[:in_group]]
            chosen.update(beam.tokens[-1] for beam in groups[g])
            step += [
                Candidate(beam, g * in_group + i, score, g * in_group + n if n < in_group else None)
                for n, (score, i, beam) in enumerate(candidates)
            ]
        yield step
        if all(beam.tokens[-1] == end for beams in groups for beam in beams):
            return


def _best_extensions(
    beam: Beam, next_probs: NextProbs, n: int, prices: Mapping[Token, float]
) -> Iterator[tuple[float, Beam]]:
    """Yield the `n` best beams that are one token longer, each with the price of its token."""
    options = [
        (_log(prob), prices.get(token, 0.0), token)
        for token, prob in next_probs(beam.tokens).items()
    ]
    for log_prob, price, token in heapq.nlargest(n, options, key=lambda each: each[0] - each[1]):
        yield price, Beam((*beam.tokens, token), beam.log_prob + log_prob)


def _score(beam: Beam, length_penalty: float, price: float = 0.0) -> float:
    """Return log p less a price, divided by the length penalty, which is 1 for a single token."""
    return (beam.log_prob - price) / math.pow((5 + len(beam.tokens)) / 6, length_penalty)


def _log(prob: float) -> float:
    """Return log `prob`; raise `InvalidValueError` for a number outside of [0, 1]."""
    if not 0 <= prob <= 1:
        raise InvalidValueError(
            f"next_probs returned {prob}; a probability must be between 0 and 1"
        )
    return math.log(prob) if prob else -math.inf
