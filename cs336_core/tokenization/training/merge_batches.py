"""Pairs that merge together: what a batch of them is, and where it has to end."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]

Tie = int | tuple[str, str]
# A pair that may merge, such that the least one is to be tried first: minus an upper bound of its
# count, what decides ties, its two ids, and where it began when it came about, in ascending order.
Candidate = tuple[int, Tie, int, int, NDArray[np.int32]]


class Batch(NamedTuple):
    """Pairs that are next in line, the first one foremost: its rank is 0.

    Attributes:
        pairs: the pairs, with their exact counts.
        ranks: the rank of the pair at each place where one stands, in ascending order.
        places: where the left token of that pair begins, those of a pair in ascending order.
        middles: where its right token begins.

    """

    pairs: list[Candidate]
    ranks: Indices
    places: Indices
    middles: Indices

    def only(self, chosen: NDArray[np.bool_]) -> Batch:
        """Return the batch of the chosen pairs."""
        pairs = [
            pair for pair, is_chosen in zip(self.pairs, chosen.tolist(), strict=True) if is_chosen
        ]
        there = chosen[self.ranks]
        ranks = (np.cumsum(chosen) - 1)[self.ranks[there]]
        return Batch(pairs, ranks, self.places[there], self.middles[there])

    def first(self, count: int) -> Batch:
        """Return the batch of the first `count` pairs."""
        if count == len(self.pairs):
            return self
        end = np.searchsorted(self.ranks, count)
        return Batch(self.pairs[:count], self.ranks[:end], self.places[:end], self.middles[:end])


def first_overtaken(pairs: list[Candidate], found: list[tuple[int, Candidate]]) -> int:
    """Return the rank of the first pair that one of those found is to merge before."""
    end = len(pairs)
    for rank, pair in found:
        if rank < end and pair[0] <= pairs[end - 1][0]:
            end = min(end, max(rank + 1, bisect_left(pairs, pair[:2])))
    return end


def every_other(places: Indices, middles: Indices) -> NDArray[np.bool_]:
    """Choose which pairs of a token with itself merge, where they overlap.

    In a row of such tokens the first merges with the second, the third with the fourth.

    >>> every_other(np.array([0, 1, 2, 3, 7]), np.array([1, 2, 3, 4, 8])).tolist()
    [True, False, True, False, True]
    """
    overlaps = np.zeros(len(places), np.bool_)
    overlaps[1:] = places[1:] == middles[:-1]
    index = np.arange(len(places))
    first = np.maximum.accumulate(np.where(overlaps, 0, index))
    chosen: NDArray[np.bool_] = (index - first) % 2 == 0
    return chosen
