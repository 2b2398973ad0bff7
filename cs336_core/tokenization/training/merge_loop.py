"""Learns merges from pre-token counts: the fast twin of the reference, with the same result.

All distinct pre-tokens are concatenated in one array. Three ideas make it fast.

**Counts are corrected late.** A pair (a, b) can only come about in the merge that produces the
newer of a and b. From then on it loses occurrences, whenever one of the two tokens merges with its
other neighbor, but never gains any. So the positions recorded when a pair comes about are never
updated, and its count stays an upper bound. A pair is recounted when its bound is the highest: if
the bound is still exact, no other pair can be more frequent, and it merges; if not, it returns to
the heap with its new count.

**Many pairs merge at once.** The next pairs seldom touch each other. They merge together, in a few
operations on arrays, with the same result as one after another. A pair that shares a token with a
pair before it has to wait, since that merge makes it rarer; so do all that come after a pair which
a merge creates.

**Rare pairs are not recorded.** Most pairs never get near the top. A pair whose count is below a
floor when it comes about is left out. When no pair above the floor is left, the floor is lowered,
and one scan of the text finds all pairs above it.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.bpe_words import TieBreak
from cs336_core.tokenization.pretokenization.spans import Integers
from cs336_core.tokenization.training.pair_index import (
    EDGE,
    INSIDE,
    POSITION_BITS,
    Batch,
    Candidate,
    Indices,
    all_pairs,
    every_other,
    first_overtaken,
    frequent,
)

_FREE = np.iinfo(np.int32).max  # no pair of the batch has the token here
# The most pairs that are taken from the heap at once, and the most positions they may have.
_MAX_PAIRS = 128
_MAX_POSITIONS = 4096
_FLOOR_STEP = 4  # the floor is divided by this when it is lowered


class MergeLoop:
    """The distinct pre-tokens as sequences of tokens, and the merges that they undergo."""

    def __init__(
        self,
        data: NDArray[np.uint8],
        lengths: Integers,
        counts: Integers,
        tie_break: TieBreak,
        floor: int,
    ) -> None:
        """Lay out the pre-tokens.

        `data` is their concatenated bytes, `lengths` the length of each, `counts` how often each
        occurs. `floor` is a guess at the count of the last requested merge; a bad guess costs time
        only.
        """
        size = len(data) + len(lengths) + 1
        if size >> POSITION_BITS:
            raise OverflowError(
                f"{size} bytes of distinct pre-tokens do not fit into {POSITION_BITS} bits"
            )
        # One free position precedes each pre-token, and one follows the last.
        inside = np.ones(size, np.bool_)
        inside[0] = inside[np.cumsum(lengths + 1)] = False
        self._begins = np.full(size, EDGE, np.int32)  # the token that begins at a position
        self._begins[inside] = data
        self._ends = self._begins.copy()  # the token that ends at a position
        self._weights = np.zeros(size, np.int64)  # how often the pre-token at a position occurs
        self._weights[1:] = np.repeat(counts, lengths + 1)
        # The lowest rank of a pair that has the token at a position, while a batch is processed.
        self._taken = np.full(size, _FREE, np.int32)
        self.tokens = [bytes([byte]) for byte in range(256)]
        self._descending = [chr(255 - byte) + _END for byte in range(256)]  # the greatest first
        self._lengths = np.ones(512, np.intp)  # of the tokens, with room for more
        self._lexicographic = tie_break == "lexicographic"
        self._heap: list[Candidate] = []
        self._floor = max(1, floor)
        self._scan()

    def merges(self) -> Iterator[tuple[int, int]]:
        """Yield the ids of each pair that merges, in the order learned, until no pair is left."""
        while candidates := self._next_in_line():
            batch = self._counted(candidates)
            if batch.pairs:
                for _, _, left, right, _ in self._merge(batch):
                    yield left, right

    def _next_in_line(self) -> list[Candidate]:
        """Take the pairs with the highest bounds from the heap."""
        heap, candidates = self._heap, list[Candidate]()
        positions = 0
        while positions < _MAX_POSITIONS and len(candidates) < _MAX_PAIRS:
            self._call_up_reserve()
            if heap:
                candidates.append(heapq.heappop(heap))
                positions += len(candidates[-1][4])
            elif candidates or self._floor == 1:
                break
            else:
                self._floor = max(1, self._floor // _FLOOR_STEP)
                self._scan()
        return candidates

    def _scan(self) -> None:
        """Find every pair in the text whose count is not below the floor.

        They wait in a reserve and move to the heap when their counts are reached. Most have
        vanished by then.
        """
        bits = len(self.tokens).bit_length()
        groups = frequent(*all_pairs(self._begins, bits), self._weights, self._floor)
        self._reserve_positions = groups.positions
        lefts, rights = groups.keys >> bits, groups.keys & ((1 << bits) - 1)
        self._reserve = sorted(
            zip(groups.counts, lefts.tolist(), rights.tolist(), groups.spans, strict=True)
        )

    def _call_up_reserve(self) -> None:
        """Move the pairs to the heap that may be as frequent as its first."""
        heap, reserve = self._heap, self._reserve
        while reserve and (not heap or reserve[-1][0] >= -heap[0][0]):
            count, left, right, (begin, end) = reserve.pop()
            positions = self._reserve_positions[begin:end]
            heapq.heappush(heap, self._candidate(count, left, right, positions))

    def _put_back(self, candidates: list[Candidate]) -> None:
        """Return pairs to the heap."""
        for candidate in candidates:
            heapq.heappush(self._heap, candidate)

    def _candidate(
        self, count: int, left: int, right: int, positions: NDArray[np.int32]
    ) -> Candidate:
        """Return a pair as an entry of the heap."""
        if self._lexicographic:
            return -count, (self._descending[left], self._descending[right]), left, right, positions
        return -count, int(positions[0]), left, right, positions

    def _counted(self, candidates: list[Candidate]) -> Batch:
        """Recount pairs; put those back that may not be the most frequent."""
        ranks, positions, middles = self._still_there(candidates)
        counts = np.bincount(ranks, self._weights[positions], len(candidates)).astype(np.int64)
        edges = np.searchsorted(ranks, np.arange(len(candidates) + 1)).tolist()
        counted = []
        for i, (pair, count) in enumerate(zip(candidates, counts.tolist(), strict=True)):
            if count == -pair[0]:
                counted.append((pair, i))
            elif count >= self._floor:
                there = positions[edges[i] : edges[i + 1]].astype(np.int32)
                counted.append((self._candidate(count, pair[2], pair[3], there), i))
        counted.sort()
        self._call_up_reserve()
        end = bisect_left(counted, (self._heap[0],)) if self._heap else len(counted)
        self._put_back([pair for pair, _ in counted[end:]])
        rank_of = np.full(len(candidates), end)
        rank_of[[i for _, i in counted[:end]]] = np.arange(end)
        ranks = rank_of[ranks]
        # Two-byte numbers sort fastest.
        order = np.argsort(ranks.astype(np.uint16), kind="stable")
        order = order[: np.count_nonzero(ranks < end)]
        pairs = [pair for pair, _ in counted[:end]]
        return Batch(pairs, ranks[order], positions[order], middles[order])

    def _still_there(self, candidates: list[Candidate]) -> tuple[Indices, Indices, Indices]:
        """Return the remaining occurrences: index of the pair, positions of its two tokens."""
        lefts = np.array([pair[2] for pair in candidates])
        rights = np.array([pair[3] for pair in candidates])
        noted = [pair[4] for pair in candidates]
        ranks = np.repeat(np.arange(len(noted)), [len(positions) for positions in noted])
        positions = np.concatenate(noted, dtype=np.intp)
        there = self._begins[positions] == lefts[ranks]
        ranks, positions = ranks[there], positions[there]
        middles = positions + self._lengths[lefts][ranks]
        there = self._begins[middles] == rights[ranks]
        return ranks[there], positions[there], middles[there]

    def _merge(self, batch: Batch) -> list[Candidate]:
        """Merge the first pairs of a batch, as many as can merge at once; return them."""
        batch = self._apart(batch)
        first_new = len(self.tokens)
        self._add_tokens(batch.pairs)
        found = self._new_pairs(batch, first_new)
        self._taken[batch.positions] = self._taken[batch.middles] = _FREE
        end = first_overtaken(batch.pairs, found)
        self._put_back(batch.pairs[end:])
        self._put_back([pair for rank, pair in found if rank < end])
        del self.tokens[first_new + end :]
        del self._descending[first_new + end :]
        batch = batch.first(end)
        new = first_new + batch.ranks
        ends = batch.positions + self._lengths[new]
        self._begins[batch.positions] = self._ends[ends - 1] = new
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

        A pair that is left out loses occurrences to the merges before it. It has to follow the
        pairs that are more frequent than its rest; the batch ends before all others.
        """
        tokens = np.stack([batch.positions, batch.middles], axis=1).ravel()
        # The last write wins, and it has to be the pair of lowest rank.
        self._taken[tokens[::-1]] = np.repeat(batch.ranks, 2)[::-1]
        takers = self._taken[tokens].reshape(-1, 2)
        shared = np.flatnonzero((takers != batch.ranks[:, np.newaxis]).any(axis=1))
        if len(shared):
            ranks = batch.ranks[shared]
            left_out = np.zeros(len(batch.pairs), np.bool_)
            left_out[ranks] = True
            takers = takers[shared]
            # An occurrence is surely lost if the pair that takes its token merges there: a pair of
            # two different tokens that is not left out. Equal tokens may merge or not.
            unsure = left_out | np.array([left == right for _, _, left, right, _ in batch.pairs])
            lost = (~unsure[takers]).any(axis=1) * self._weights[batch.positions[shared]]
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
            merges = every_other(batch.positions, batch.middles)
            batch = Batch(batch.pairs, *(array[merges] for array in batch[1:]))
        if twins or len(shared):
            self._taken[tokens] = _FREE
            self._taken[batch.positions] = self._taken[batch.middles] = batch.ranks
        return batch

    def _new_pairs(self, batch: Batch, first_new: int) -> list[tuple[int, Candidate]]:
        """Find the frequent pairs that a batch creates; return the rank of the merge and the pair.

        Each is found in the state right after that merge, before the merges of higher rank.
        """
        _, ranks, positions, _ = batch
        new = first_new + ranks
        neighbors = self._ends[positions - 1]
        before = np.flatnonzero(neighbors >= 0)
        begins = positions[before] - self._lengths[neighbors[before]]
        lefts = self._tokens_after(ranks[before], begins, first_new)
        # Of two adjacent new tokens only the left one records their pair.
        noted = lefts != new[before]
        before, lefts = before[noted], lefts[noted]
        rights = self._tokens_after(ranks, positions + self._lengths[new], first_new)
        after = np.flatnonzero(rights >= 0)
        bits = len(self.tokens).bit_length()
        left_keys = ((2 * ranks[before]) << bits) | lefts
        right_keys = ((2 * ranks[after] + 1) << bits) | rights[after]
        groups = frequent(
            np.concatenate([left_keys, right_keys]),
            np.concatenate([positions[before] - self._lengths[lefts], positions[after]]),
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
            found.append((rank, self._candidate(count, left, right, groups.positions[begin:end])))
        return found

    def _tokens_after(self, ranks: Indices, begins: Indices, first_new: int) -> Indices:
        """Return the token that begins at each position right after the merge of that rank."""
        taken = self._taken[begins]
        tokens: Indices = np.where(taken <= ranks, first_new + taken, self._begins[begins])
        return tokens


# In comparisons, the shorter of two strings has to come last, so this is greater than any byte.
_END = "\u0100"
