"""Pairs of tokens brought together: which there are, how often each occurs, and where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.training.merge_batches import Indices

# Where no token begins (or ends) there is the inside of a token, or the place between pre-tokens.
INSIDE = -1
EDGE = -2
PLACE_BITS = 31  # places are numbers of so many bits


class Groups(NamedTuple):
    """Equal keys with all of their places; entry `i` of each list is one group.

    Attributes:
        keys: the keys, in ascending order.
        counts: how often each occurs.
        spans: where in `places` its places begin and end.
        places: the places in the text, those of a group in ascending order.

    """

    keys: NDArray[np.int64]
    counts: list[int]
    spans: list[tuple[int, int]]
    places: NDArray[np.int32]


def all_pairs(begins: NDArray[np.int32], bits: int) -> tuple[NDArray[np.int64], Indices]:
    """Return every pair in the text as a number, its right token in the low `bits`, and its place.

    `begins` has the token that begins at each place.

    >>> begins = np.array([EDGE, 7, INSIDE, 4, EDGE, 4, EDGE, 4, 7, EDGE])
    >>> [found.tolist() for found in all_pairs(begins, bits=3)]
    [[60, 39], [1, 7]]
    """
    places = np.flatnonzero(begins != INSIDE)
    tokens = begins[places]
    inner = (tokens[:-1] != EDGE) & (tokens[1:] != EDGE)
    keys = tokens[:-1][inner].astype(np.int64)
    keys <<= bits
    keys |= tokens[1:][inner]
    return keys, places[:-1][inner]


def frequent(
    keys: NDArray[np.int64], places: Indices, weights: NDArray[np.int64], floor: int
) -> Groups:
    """Group places by keys, which are used up, and keep the groups not below the floor.

    `weights` has how often what stands at each place of the text occurs.

    >>> weights = np.array([1, 1, 4, 1])
    >>> keys, counts, spans, places = frequent(np.array([7, 5, 7]), np.array([2, 1, 0]), weights, 3)
    >>> keys.tolist(), counts, [places[slice(*span)].tolist() for span in spans]
    ([7], [5], [[0, 2]])
    """
    if int(keys.max(initial=0)).bit_length() + PLACE_BITS < 64:
        # One number for key and place: to sort numbers is faster than to sort an order.
        keys <<= PLACE_BITS
        keys |= places
        keys.sort()
        ordered = (keys & ((1 << PLACE_BITS) - 1)).astype(np.int32)
        keys >>= PLACE_BITS
    else:
        order = np.lexsort((places, keys))
        keys, ordered = keys[order], places[order].astype(np.int32)
    changes = np.ones(len(keys) + 1, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=changes[1:-1])
    edges = np.flatnonzero(changes)
    starts = edges[:-1]
    counts = np.add.reduceat(weights[ordered], starts) if len(starts) else starts
    kept = np.flatnonzero(counts >= floor)
    starts, stops = starts[kept], edges[kept + 1]
    spans = list(zip(starts.tolist(), stops.tolist(), strict=True))
    return Groups(keys[starts], counts[kept].tolist(), spans, ordered)
