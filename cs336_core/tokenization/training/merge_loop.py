"""Learns merges from pre-token counts: the fast twin of the reference, with the same result.

All distinct pre-tokens lie one after another in one array. Three ideas make it fast.

**Counts are corrected late.** A pair (a, b) can only come about in the merge that makes the newer
one of a and b. From then on its occurrences can vanish, when one of the two tokens merges with its
other neighbor, but none is added. So the places that are noted when a pair comes about are never
updated, and its count is an upper bound for good. A pair is counted anew when its bound is the
highest: if the bound still holds, no other pair can be more frequent, and it merges; if not, it
goes back with its new count.

**Merges are made many at a time.** Pairs that are next in line seldom touch each other. They merge
together, in a few operations on arrays, with the same result as one after another. One that shares
a token with a pair before it has to wait, since that merge makes it rarer; so have all that come
after a pair that a merge brings about.

**Rare pairs are not noted.** Most pairs never get near the top. A pair whose count is below a floor
when it comes about is left out. When no pair above the floor is left, the floor is lowered, and one
scan of the text finds all pairs above it.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.bpe_words import TieBreak
from cs336_core.tokenization.pretokenization.spans import Integers
from cs336_core.tokenization.training.merge_batches import (
    Batch,
    Candidate,
    Indices,
    every_other,
    first_overtaken,
)
from cs336_core.tokenization.training.pair_index import (
    EDGE,
    INSIDE,
    PLACE_BITS,
    all_pairs,
    frequent,
)

_FREE = np.iinfo(np.int32).max  # no pair of the batch stands here
# So many pairs are taken from the heap at once, or fewer where they have so many places.
_MANY = 128
_MANY_PLACES = 4096
_FLOOR_STEP = 4  # the floor is divided by this when it is lowered


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
        if size >> PLACE_BITS:
            raise OverflowError(f"{size} bytes of distinct pre-tokens are more than fit")
        # A free place comes before each pre-token, and one after the last.
        inside = np.ones(size, np.bool_)
        inside[0] = inside[np.cumsum(lengths + 1)] = False
        self._begins = np.full(size, EDGE, np.int32)  # the token that begins at a place
        self._begins[inside] = data
        self._ends = self._begins.copy()  # the token that ends at a place
        self._weights = np.zeros(size, np.int64)  # how often the pre-token at a place occurs
        self._weights[1:] = np.repeat(counts, lengths + 1)
        # The rank of the foremost pair that has the token at a place, while a batch is looked at.
        self._taken = np.full(size, _FREE, np.int32)
        self.tokens = [bytes([byte]) for byte in range(256)]
        self._descending = [chr(255 - byte) + _END for byte in range(256)]  # the greatest first
        self._lengths = np.ones(512, np.intp)  # of the tokens, with room for more
        self._lexicographic = tie_break == "lexicographic"
        self._heap: list[Candidate] = []
        self._floor = max(1, floor)
        self._scan()

    def merges(self) -> Iterator[tuple[int, int]]:
        """Yield the ids of each pair that merges, in the order learned, until none is left."""
        while candidates := self._next_in_line():
            batch = self._counted(candidates)
            if batch.pairs:
                for _, _, left, right, _ in self._merge(batch):
                    yield left, right

    def _next_in_line(self) -> list[Candidate]:
        """Take the pairs with the highest bounds from the heap; none if none is left."""
        heap, candidates = self._heap, list[Candidate]()
        places = 0
        while places < _MANY_PLACES and len(candidates) < _MANY:
            self._call_up_reserve()
            if heap:
                candidates.append(heapq.heappop(heap))
                places += len(candidates[-1][4])
            elif candidates or self._floor == 1:
                break
            else:
                self._floor = max(1, self._floor // _FLOOR_STEP)
                self._scan()
        return candidates

    def _scan(self) -> None:
        """Find every pair in the text that is not below the floor.

        They wait in a reserve, from which they move to the heap when their counts are reached: most
        have vanished by then.
        """
        bits = len(self.tokens).bit_length()
        groups = frequent(*all_pairs(self._begins, bits), self._weights, self._floor)
        self._reserve_places = groups.places
        lefts, rights = groups.keys >> bits, groups.keys & ((1 << bits) - 1)
        self._reserve = sorted(
            zip(groups.counts, lefts.tolist(), rights.tolist(), groups.spans, strict=True)
        )

    def _call_up_reserve(self) -> None:
        """Move those pairs of the reserve to the heap that may be as frequent as its first."""
        heap, reserve = self._heap, self._reserve
        while reserve and (not heap or reserve[-1][0] >= -heap[0][0]):
            count, left, right, (begin, end) = reserve.pop()
            places = self._reserve_places[begin:end]
            heapq.heappush(heap, self._candidate(count, left, right, places))

    def _put_back(self, candidates: list[Candidate]) -> None:
        """Put pairs on the heap."""
        for candidate in candidates:
            heapq.heappush(self._heap, candidate)

    def _candidate(self, count: int, left: int, right: int, places: NDArray[np.int32]) -> Candidate:
        """Return a pair as it lies on the heap."""
        if self._lexicographic:
            return -count, (self._descending[left], self._descending[right]), left, right, places
        return -count, int(places[0]), left, right, places

    def _counted(self, candidates: list[Candidate]) -> Batch:
        """Count pairs anew; put those back that are not known to be the most frequent ones."""
        ranks, places, middles = self._still_there(candidates)
        counts = np.bincount(ranks, self._weights[places], len(candidates)).astype(np.int64)
        edges = np.searchsorted(ranks, np.arange(len(candidates) + 1)).tolist()
        counted = []
        for i, (pair, count) in enumerate(zip(candidates, counts.tolist(), strict=True)):
            if count == -pair[0]:
                counted.append((pair, i))
            elif count >= self._floor:
                there = places[edges[i] : edges[i + 1]].astype(np.int32)
                counted.append((self._candidate(count, pair[2], pair[3], there), i))
        counted.sort()
        self._call_up_reserve()
        end = bisect_left(counted, (self._heap[0],)) if self._heap else len(counted)
        self._put_back([pair for pair, _ in counted[end:]])
        rank_of = np.full(len(candidates), end)
        rank_of[[i for _, i in counted[:end]]] = np.arange(end)
        ranks = rank_of[ranks]
        # Small numbers of two bytes are sorted fastest.
        order = np.argsort(ranks.astype(np.uint16), kind="stable")
        order = order[: np.count_nonzero(ranks < end)]
        pairs = [pair for pair, _ in counted[:end]]
        return Batch(pairs, ranks[order], places[order], middles[order])

    def _still_there(self, candidates: list[Candidate]) -> tuple[Indices, Indices, Indices]:
        """Find where pairs still stand: which pair, where it begins, where its right token does."""
        lefts = np.array([pair[2] for pair in candidates])
        rights = np.array([pair[3] for pair in candidates])
        noted = [pair[4] for pair in candidates]
        ranks = np.repeat(np.arange(len(noted)), [len(places) for places in noted])
        places = np.concatenate(noted, dtype=np.intp)
        there = self._begins[places] == lefts[ranks]
        ranks, places = ranks[there], places[there]
        middles = places + self._lengths[lefts][ranks]
        there = self._begins[middles] == rights[ranks]
        return ranks[there], places[there], middles[there]

    def _merge(self, batch: Batch) -> list[Candidate]:
        """Merge the first pairs of a batch, as many as can at once; return them."""
        batch = self._apart(batch)
        first_new = len(self.tokens)
        self._add_tokens(batch.pairs)
        found = self._new_pairs(batch, first_new)
        self._taken[batch.places] = self._taken[batch.middles] = _FREE
        end = first_overtaken(batch.pairs, found)
        self._put_back(batch.pairs[end:])
        self._put_back([pair for rank, pair in found if rank < end])
        del self.tokens[first_new + end :]
        del self._descending[first_new + end :]
        batch = batch.first(end)
        new = first_new + batch.ranks
        ends = batch.places + self._lengths[new]
        self._begins[batch.places] = self._ends[ends - 1] = new
        self._begins[batch.middles] = self._ends[batch.middles - 1] = INSIDE
        return batch.pairs

    def _add_tokens(self, pairs: list[Candidate]) -> None:
        """Add the tokens that pairs merge into."""
        tokens, descending, old = self.tokens, self._descending, len(self.tokens)
        tokens += [tokens[left] + tokens[right] for _, _, left, right, _ in pairs]
        descending += [descending[left][:-1] + descending[right] for _, _, left, right, _ in pairs]
        if len(tokens) > len(self._lengths):
            self._lengths = np.append(self._lengths, np.zeros(len(tokens), np.intp))
        self._lengths[old : len(tokens)] = [len(token) for token in tokens[old:]]

    def _apart(self, batch: Batch) -> Batch:
        """Leave out the pairs that share a token with one before them; mark the tokens of the rest.

        A pair that is left out loses by the merges before it. It is to follow after those pairs
        that are more frequent than what it has left; the batch ends before the others.
        """
        tokens = np.stack([batch.places, batch.middles], axis=1).ravel()
        # What is written last stays, and that is to be the foremost pair.
        self._taken[tokens[::-1]] = np.repeat(batch.ranks, 2)[::-1]
        takers = self._taken[tokens].reshape(-1, 2)
        shared = np.flatnonzero((takers != batch.ranks[:, np.newaxis]).any(axis=1))
        if len(shared):
            ranks = batch.ranks[shared]
            left_out = np.zeros(len(batch.pairs), np.bool_)
            left_out[ranks] = True
            takers = takers[shared]
            # A pair surely loses where the one that takes its token merges there: one that is not
            # left out itself, nor a token with itself, which merges at every other place only.
            unsure = left_out | np.array([left == right for _, _, left, right, _ in batch.pairs])
            lost = (~unsure[takers]).any(axis=1) * self._weights[batch.places[shared]]
            losses = np.bincount(ranks, lost).astype(np.int64).tolist()
            limit = min(
                (batch.pairs[rank][0] + losses[rank], batch.pairs[rank][1])
                for rank in np.flatnonzero(left_out).tolist()
            )
            left_out[bisect_left(batch.pairs, limit) :] = True
            self._put_back([batch.pairs[rank] for rank in np.flatnonzero(left_out).tolist()])
            batch = batch.only(~left_out)
        twins = any(left == right for _, _, left, right, _ in batch.pairs)
        if twins:
            merges = every_other(batch.places, batch.middles)
            batch = Batch(batch.pairs, *(array[merges] for array in batch[1:]))
        if twins or len(shared):
            self._taken[tokens] = _FREE
            self._taken[batch.places] = self._taken[batch.middles] = batch.ranks
        return batch

    def _new_pairs(self, batch: Batch, first_new: int) -> list[tuple[int, Candidate]]:
        """Find the frequent pairs that come about in a batch: the rank of the merge, and the pair.

        Each is found as it is right after that merge, when those of higher rank are yet to come.
        """
        _, ranks, places, _ = batch
        new = first_new + ranks
        neighbors = self._ends[places - 1]
        before = np.flatnonzero(neighbors >= 0)
        begins = places[before] - self._lengths[neighbors[before]]
        lefts = self._tokens_after(ranks[before], begins, first_new)
        # Of two new tokens side by side only the left one notes their pair.
        noted = lefts != new[before]
        before, lefts = before[noted], lefts[noted]
        rights = self._tokens_after(ranks, places + self._lengths[new], first_new)
        after = np.flatnonzero(rights >= 0)
        bits = len(self.tokens).bit_length()
        left_keys = ((2 * ranks[before]) << bits) | lefts
        right_keys = ((2 * ranks[after] + 1) << bits) | rights[after]
        groups = frequent(
            np.concatenate([left_keys, right_keys]),
            np.concatenate([places[before] - self._lengths[lefts], places[after]]),
            self._weights,
            self._floor,
        )
        found = []
        for key, count, (begin, end) in zip(
            groups.keys.tolist(), groups.counts, groups.spans, strict=True
        ):
            rank, is_left = divmod(key >> bits, 2)
            left, right = key & ((1 << bits) - 1), first_new + rank
            if is_left:
                left, right = right, left
            found.append((rank, self._candidate(count, left, right, groups.places[begin:end])))
        return found

    def _tokens_after(self, ranks: Indices, begins: Indices, first_new: int) -> Indices:
        """Return the tokens at places of which each is looked at after the merge of some rank."""
        taken = self._taken[begins]
        tokens: Indices = np.where(taken <= ranks, first_new + taken, self._begins[begins])
        return tokens


# Where strings are compared, what ends earlier is to come later: as nothing else, this comes last.
_END = "\u0100"
