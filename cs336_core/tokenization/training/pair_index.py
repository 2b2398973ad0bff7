"""An index of adjacent pairs: which pairs a text has, how often, and at which positions."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]

Tie = int | tuple[str, str]
# A pair that may merge, ordered so that the least is tried first: minus an upper bound of its
# count, the tie-break, its two ids, and its ascending positions when it came about.
Candidate = tuple[int, Tie, int, int, NDArray[np.int32]]

# Marks for positions where no token begins (or ends): inside a token, or between pre-tokens.
INSIDE = -1
EDGE = -2
POSITION_BITS = 31  # the bits of a position


class Groups(NamedTuple):
    """Groups of equal keys with their positions; entry `i` of each list is one group.

    Attributes:
        keys: the keys, in ascending order.
        counts: how often each occurs.
        spans: the range of its positions in `positions`.
        positions: positions in the text, ascending within a group.

    """

    keys: NDArray[np.int64]
    counts: list[int]
    spans: list[tuple[int, int]]
    positions: NDArray[np.int32]


def all_pairs(begins: NDArray[np.int32], bits: int) -> tuple[NDArray[np.int64], Indices]:
    """Return a key and the position of every pair; the right token is in the low `bits` of the key.

    `begins` is the token that begins at each position.

    >>> begins = np.array([EDGE, 7, INSIDE, 4, EDGE, 4, EDGE, 4, 7, EDGE])
    >>> [found.tolist() for found in all_pairs(begins, bits=3)]
    [[60, 39], [1, 7]]
    """
    positions = np.flatnonzero(begins != INSIDE)
    tokens = begins[positions]
    inner = (tokens[:-1] != EDGE) & (tokens[1:] != EDGE)
    keys = tokens[:-1][inner].astype(np.int64)
    keys <<= bits
    keys |= tokens[1:][inner]
    return keys, positions[:-1][inner]


def frequent(
    keys: NDArray[np.int64], positions: Indices, weights: NDArray[np.int64], floor: int
) -> Groups:
    """Group positions by key, and drop the groups whose count is below `floor`; overwrites `keys`.

    `weights` is the count of the pre-token at each position of the text.

    >>> weights = np.array([1, 1, 4, 1])
    >>> keys, positions = np.array([7, 5, 7]), np.array([2, 1, 0])
    >>> keys, counts, spans, positions = frequent(keys, positions, weights, floor=3)
    >>> keys.tolist(), counts, [positions[slice(*span)].tolist() for span in spans]
    ([7], [5], [[0, 2]])
    """
    if int(keys.max(initial=0)).bit_length() + POSITION_BITS < 64:
        # Key and position in one number, since sorting numbers is faster than sorting indices.
        keys <<= POSITION_BITS
        keys |= positions
        keys.sort()
        ordered = (keys & ((1 << POSITION_BITS) - 1)).astype(np.int32)
        keys >>= POSITION_BITS
    else:
        order = np.lexsort((positions, keys))
        keys, ordered = keys[order], positions[order].astype(np.int32)
    changes = np.ones(len(keys) + 1, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=changes[1:-1])
    edges = np.flatnonzero(changes)
    starts = edges[:-1]
    counts = np.add.reduceat(weights[ordered], starts) if len(starts) else starts
    frequent_ones = np.flatnonzero(counts >= floor)
    starts, stops = starts[frequent_ones], edges[frequent_ones + 1]
    spans = list(zip(starts.tolist(), stops.tolist(), strict=True))
    return Groups(keys[starts], counts[frequent_ones].tolist(), spans, ordered)


class Batch(NamedTuple):
    """The next pairs to merge, by rank from 0, and their occurrences, sorted by rank.

    Attributes:
        pairs: the pairs, with their exact counts.
        ranks: the rank of each occurrence's pair.
        positions: where its left token begins, ascending within a pair.
        middles: where its right token begins.

    """

    pairs: list[Candidate]
    ranks: Indices
    positions: Indices
    middles: Indices

    def only(self, chosen: NDArray[np.bool_]) -> Batch:
        """Return the batch of the chosen pairs."""
        pairs = [
            pair for pair, is_chosen in zip(self.pairs, chosen.tolist(), strict=True) if is_chosen
        ]
        there = chosen[self.ranks]
        ranks = (np.cumsum(chosen) - 1)[self.ranks[there]]
        return Batch(pairs, ranks, self.positions[there], self.middles[there])

    def first(self, count: int) -> Batch:
        """Return the batch of the first `count` pairs."""
        if count == len(self.pairs):
            return self
        end = np.searchsorted(self.ranks, count)
        return Batch(self.pairs[:count], self.ranks[:end], self.positions[:end], self.middles[:end])


def first_overtaken(pairs: list[Candidate], found: list[tuple[int, Candidate]]) -> int:
    """Return the rank of the first pair that must merge after one of the pairs found."""
    end = len(pairs)
    for rank, pair in found:
        if rank < end and pair[0] <= pairs[end - 1][0]:
            end = min(end, max(rank + 1, bisect_left(pairs, pair[:2])))
    return end


def every_other(positions: Indices, middles: Indices) -> NDArray[np.bool_]:
    """Choose which overlapping pairs of a token with itself merge.

    In a run of equal tokens the first merges with the second, the third with the fourth.

    >>> every_other(np.array([0, 1, 2, 3, 7]), np.array([1, 2, 3, 4, 8])).tolist()
    [True, False, True, False, True]
    """
    overlaps = np.zeros(len(positions), np.bool_)
    overlaps[1:] = positions[1:] == middles[:-1]
    index = np.arange(len(positions))
    first = np.maximum.accumulate(np.where(overlaps, 0, index))
    chosen: NDArray[np.bool_] = (index - first) % 2 == 0
    return chosen
