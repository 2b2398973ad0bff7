"""Learns merges from pre-token counts: the fast twin of the reference, with the same result.

All distinct pre-tokens lie one after another in one array. Three ideas make it fast.

**Every occurrence of a pair is made at once.** A pair (a, b) can only come about in the merge that
makes the newer one of a and b. From then on its occurrences can vanish, when one of the two tokens
merges with its other neighbor, but none is added. So the places that are noted when a pair comes
about are never updated, and its count is an upper bound for good. The pair with the highest bound
is counted anew when its turn comes: if the bound still holds, no other pair can be more frequent,
and it merges; if not, it goes back with its new count.

**Rare pairs are not noted.** Most pairs never get near the top. A pair whose count is below a floor
when it comes about is left out. When no pair above the floor is left, the floor is lowered, and one
scan of the text finds all pairs above it.

**Many places are handled together.** A pair at many places merges in a few operations on arrays;
one at few places is faster with a plain loop.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.spans import Integers

TieBreak = Literal["lexicographic", "first-seen"]
Places = NDArray[np.int32]
Ids = NDArray[np.int32]

NOTHING = -1  # no token begins (or ends) here: the inside of a token, or between two pre-tokens
FEW = 128  # places: up to here a plain loop is faster than operations on arrays
_FLOOR_STEP = 4  # the floor is divided by this when it is lowered
_PLACE_BITS = 31

Tie = int | tuple[str, str]
# A pair that may merge, such that the least one is to be tried first: minus an upper bound of its
# count, what decides ties, its two ids, and where it began when it came about, in ascending order
# (a list where the places are few).
Candidate = tuple[int, Tie, int, int, Places | list[int]]


class Merge(NamedTuple):
    """A merge as it was learned: the ids of its parts, and how often they stood side by side."""

    left: int
    right: int
    frequency: int


class Groups(NamedTuple):
    """Pairs with all of their places; row `i` of each list is one pair.

    Attributes:
        counts: how often each occurs.
        lefts: the ids of the left tokens.
        rights: the ids of the right tokens.
        spans: where in `places` its places begin and end.
        places: where the pairs begin in the text, those of a pair in ascending order.

    """

    counts: list[int]
    lefts: list[int]
    rights: list[int]
    spans: list[tuple[int, int]]
    places: Places


class MergeLoop:
    """Distinct pre-tokens as sequences of tokens, in which pairs merge one after another."""

    def __init__(
        self,
        data: NDArray[np.uint8],
        lengths: Integers,
        counts: Integers,
        tie_break: TieBreak,
        floor: int,
    ) -> None:
        """Lay out the pre-tokens.

        `data` has their bytes, one after another, `lengths` how many each has, `counts` how often
        each occurs. `floor` is a guess at the count of the last merge that will be asked for: a bad
        one costs time only.
        """
        size = len(data) + len(lengths) + 1
        if size >> _PLACE_BITS:
            raise OverflowError(f"{size} bytes of distinct pre-tokens are more than fit")
        # One free place before each pre-token, and one after the last.
        places = np.arange(1, len(data) + 1) + np.repeat(np.arange(len(lengths)), lengths)
        self._begins = array("i", [NOTHING]) * size  # the token that begins at a place
        self._ends = array("i", [NOTHING]) * size  # the token that ends at a place
        self._weights = array("q", [0]) * size  # how often the pre-token at a place occurs
        # The same memory for numpy; plain Python reads single entries of arrays faster.
        self._all_begins = np.frombuffer(self._begins, np.int32)
        self._all_ends = np.frombuffer(self._ends, np.int32)
        self._all_weights = np.frombuffer(self._weights, np.int64)
        self._all_begins[places] = data
        self._all_ends[places] = data
        self._all_weights[places] = np.repeat(counts, lengths)
        self.tokens = [bytes([byte]) for byte in range(256)]
        self._lengths = [1] * 256  # of the tokens
        self._all_lengths = np.ones(512, np.int32)  # the same, with room for more
        self._lexicographic = tie_break == "lexicographic"
        self._descending = [chr(255 - byte) + _END for byte in range(256)]
        self._heap: list[Candidate] = []
        self._floor = max(1, floor)
        self._scan()

    def merges(self) -> Iterator[Merge]:
        """Yield the merges in the order in which they are learned, until no pair is left."""
        while self._fill_heap():
            negative_count, tie, left, right, noted = heapq.heappop(self._heap)
            places = self._still_there(left, right, noted)
            count = self._count(places)
            if (-count, self._tie(left, right, places)) == (negative_count, tie):
                self._merge(left, right, places)
                yield Merge(left, right, count)
            elif count >= self._floor:
                self._note(count, left, right, places)

    def _fill_heap(self) -> bool:
        """Bring the most frequent pair there is to the top; return whether there is one."""
        heap, reserve = self._heap, self._reserve
        while True:
            while reserve and (not heap or reserve[-1][0] >= -heap[0][0]):
                count, left, right, (start, stop) = reserve.pop()
                self._note(count, left, right, self._reserve_places[start:stop])
            if heap or self._floor == 1:
                return bool(heap)
            self._floor = max(1, self._floor // _FLOOR_STEP)
            self._scan()
            reserve = self._reserve

    def _scan(self) -> None:
        """Find every pair in the text that is not below the floor.

        They wait in a reserve, from which they move to the heap when their counts are reached: most
        have vanished by then.
        """
        places = np.flatnonzero(self._all_begins >= 0).astype(np.int32)
        lefts = self._all_begins[places]
        rights = self._all_begins[places + self._all_lengths[lefts]]
        pairs = rights >= 0
        groups = self._frequent(lefts[pairs], rights[pairs], places[pairs])
        self._reserve_places = groups.places
        self._reserve = sorted(zip(*groups[:4], strict=True))

    def _note(self, count: int, left: int, right: int, places: Places | list[int]) -> None:
        """Put a pair on the heap."""
        if not isinstance(places, list) and len(places) <= FEW:
            places = places.tolist()
        tie = self._tie(left, right, places)
        heapq.heappush(self._heap, (-count, tie, left, right, places))

    def _tie(self, left: int, right: int, places: Places | list[int]) -> Tie:
        """Return what decides between pairs of one count: the least wins."""
        if self._lexicographic:
            return self._descending[left], self._descending[right]
        return int(places[0]) if len(places) else 0

    def _count(self, places: Places | list[int]) -> int:
        """Return how often a pair occurs that stands at `places`."""
        if isinstance(places, list):
            return sum(map(self._weights.__getitem__, places))
        return int(self._all_weights[places].sum())

    def _still_there(self, left: int, right: int, places: Places | list[int]) -> Places | list[int]:
        """Return those of `places` at which the pair still stands."""
        length = self._lengths[left]
        if isinstance(places, list):
            begins = self._begins
            return [p for p in places if begins[p] == left and begins[p + length] == right]
        there: Places = places[self._all_begins[places] == left]
        followed: Places = there[self._all_begins[there + length] == right]
        return followed

    def _merge(self, left: int, right: int, places: Places | list[int]) -> None:
        """Make the pair at `places` one token, and note the pairs that come about."""
        new = self._add_token(left, right)
        length = self._lengths[left]
        if left == right:
            places = _every_other(places, length)
        if isinstance(places, list):
            self._merge_few(new, length, places)
        else:
            self._merge_many(new, length, places)

    def _add_token(self, left: int, right: int) -> int:
        """Make the token that two others merge into; return its id."""
        new = len(self.tokens)
        token = self.tokens[left] + self.tokens[right]
        self.tokens.append(token)
        self._descending.append(self._descending[left][:-1] + self._descending[right])
        self._lengths.append(len(token))
        if new == len(self._all_lengths):
            self._all_lengths = np.append(self._all_lengths, np.zeros(new, np.int32))
        self._all_lengths[new] = len(token)
        return new

    def _merge_few(self, new: int, length: int, places: list[int]) -> None:
        """Merge at one place after another; the left token has `length` bytes."""
        begins, ends, weights, lengths = self._begins, self._ends, self._weights, self._lengths
        whole = lengths[new]
        for place in places:
            begins[place] = new
            begins[place + length] = ends[place + length - 1] = NOTHING
            ends[place + whole - 1] = new
        before: dict[int, list[int]] = {}
        after: dict[int, list[int]] = {}
        for place in places:
            other = ends[place - 1]
            # Of two new tokens side by side only the left one notes their pair.
            if other >= 0 and other != new:
                before.setdefault(other, []).append(place - lengths[other])
            other = begins[place + whole]
            if other >= 0:
                after.setdefault(other, []).append(place)
        for other, where in before.items():
            count = sum(map(weights.__getitem__, where))
            if count >= self._floor:
                self._note(count, other, new, where)
        for other, where in after.items():
            count = sum(map(weights.__getitem__, where))
            if count >= self._floor:
                self._note(count, new, other, where)

    def _merge_many(self, new: int, length: int, places: Places) -> None:
        """Merge at all places at once; the left token has `length` bytes."""
        begins, ends = self._all_begins, self._all_ends
        middle, end = places + length, places + self._lengths[new]
        begins[places] = new
        begins[middle] = NOTHING
        ends[middle - 1] = NOTHING
        ends[end - 1] = new
        before, after = ends[places - 1], begins[end]
        # Of two new tokens side by side only the left one notes their pair.
        has_before = np.flatnonzero((before >= 0) & (before != new))
        has_after = np.flatnonzero(after >= 0)
        before, after = before[has_before], after[has_after]
        groups = self._frequent(
            np.concatenate([before, np.full(len(after), new, np.int32)]),
            np.concatenate([np.full(len(before), new, np.int32), after]),
            np.concatenate([places[has_before] - self._all_lengths[before], places[has_after]]),
        )
        for count, left, right, (start, stop) in zip(*groups[:4], strict=True):
            self._note(count, left, right, groups.places[start:stop])

    def _frequent(self, lefts: Ids, rights: Ids, places: Places) -> Groups:
        """Group the pairs that begin at `places`, and keep those not below the floor."""
        bits = len(self.tokens).bit_length()
        if bits * 2 + _PLACE_BITS < 64:
            # One number for pair and place: to sort numbers is faster than to sort an order.
            keys = (((lefts.astype(np.int64) << bits) | rights) << _PLACE_BITS) | places
            keys.sort()
            places = (keys & ((1 << _PLACE_BITS) - 1)).astype(np.int32)
            keys >>= _PLACE_BITS
        else:
            keys = (lefts.astype(np.int64) << bits) | rights
            order = np.lexsort((places, keys))
            keys, places = keys[order], places[order]
        changes = np.ones(len(keys) + 1, np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=changes[1:-1])
        edges = np.flatnonzero(changes)
        starts = edges[:-1]
        counts = np.add.reduceat(self._all_weights[places], starts) if len(starts) else starts
        kept = np.flatnonzero(counts >= self._floor)
        keys = keys[starts[kept]]
        return Groups(
            counts[kept].tolist(),
            (keys >> bits).tolist(),
            (keys & ((1 << bits) - 1)).tolist(),
            list(zip(starts[kept].tolist(), edges[kept + 1].tolist(), strict=True)),
            places,
        )


# Where strings are compared, what ends earlier is to come later: as nothing else, this comes last.
_END = "\u0100"


def _every_other(places: Places | list[int], length: int) -> Places | list[int]:
    """Choose which of the pairs of a token with itself merge, where they overlap.

    In a row of such tokens the first merges with the second, the third with the fourth.

    >>> _every_other([0, 1, 2, 3, 7], 1)
    [0, 2, 7]
    """
    row = np.asarray(places)
    index = np.arange(len(row))
    overlaps = np.concatenate([[False], np.diff(row) == length])
    first = np.maximum.accumulate(np.where(overlaps, 0, index))
    chosen: Places = row[(index - first) % 2 == 0]
    if isinstance(places, list):
        listed: list[int] = chosen.tolist()
        return listed
    return chosen
