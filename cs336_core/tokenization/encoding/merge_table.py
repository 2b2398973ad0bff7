"""Applies learned merges to pre-tokens, to one or to thousands at once."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.pretokenization.spans import Integers, Keys, KeyTable
from cs336_core.tokenization.training.pair_index import every_other

_LATER = np.iinfo(np.int64).max  # the rank of a pair that does not merge
_LONG = 64  # tokens: from here on a heap is faster than a search for the minimum
_FEW = 32  # pre-tokens: up to here a loop is faster than operations on arrays
_ROUNDS = 64  # after so many passes over all tokens, a loop is faster for the rest


class MergeTable:
    """The pairs of ids that merge, their ranks, and the ids they become."""

    def __init__(self, pairs: Sequence[tuple[int, int]], merged: Sequence[int]) -> None:
        """Pair `i` has rank `i` and becomes the id `merged[i]`."""
        self._ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self._merged = list(merged)
        self._all_merged = np.array(merged, np.int64)
        both = np.array(pairs, np.uint64).reshape(-1, 2)
        self._table = KeyTable()
        self._table.add(_pair_keys(both[:, 0], both[:, 1]), np.arange(len(both)))
        self._one_by_one = _enables_lower_ranks(both, self._all_merged)

    def apply(self, tokens: list[int], leave: int = 1) -> list[int]:
        """Merge the tokens of one pre-token, lowest rank first, until `leave` of them remain."""
        if len(tokens) >= _LONG:
            return self._apply_with_heap(tokens, leave)
        rank_of, last = self._ranks.get, len(self._merged)
        ranks = [rank_of(pair, last) for pair in pairwise(tokens)]
        while len(tokens) > leave and (rank := min(ranks)) < last:
            i = ranks.index(rank)
            tokens[i] = self._merged[rank]
            del tokens[i + 1], ranks[i]
            if i:
                ranks[i - 1] = rank_of((tokens[i - 1], tokens[i]), last)
            if i < len(ranks):
                ranks[i] = rank_of((tokens[i], tokens[i + 1]), last)
        return tokens

    def _apply_with_heap(self, tokens: list[int], leave: int) -> list[int]:
        """Do the same in O(n log n) time."""
        ranks = self._ranks
        after = list(range(1, len(tokens) + 1))
        before = list(range(-1, len(tokens) - 1))
        heap = [(ranks[pair], i) for i, pair in enumerate(pairwise(tokens)) if pair in ranks]
        heapq.heapify(heap)
        end = remaining = len(tokens)
        while heap and remaining > leave:
            rank, i = heapq.heappop(heap)
            j = after[i]
            # The entry is stale if one of its tokens has merged since.
            if j == end or tokens[i] < 0 or ranks.get((tokens[i], tokens[j])) != rank:
                continue
            tokens[i], tokens[j] = self._merged[rank], -1
            remaining -= 1
            after[i] = k = after[j]
            if k < end:
                before[k] = i
                if (right := ranks.get((tokens[i], tokens[k]))) is not None:
                    heapq.heappush(heap, (right, i))
            h = before[i]
            if h >= 0 and (left := ranks.get((tokens[h], tokens[i]))) is not None:
                heapq.heappush(heap, (left, h))
        return [token for token in tokens if token >= 0]

    def apply_to_all(
        self, tokens: Integers, words: Integers, leave: int = 1
    ) -> tuple[Integers, Integers]:
        """Merge the tokens of many pre-tokens; each round applies the next merge of every one.

        `words` is the index, ascending, of the pre-token that each token belongs to. A pre-token is
        finished once it has `leave` tokens or fewer. Returns tokens and words.
        """
        done: list[tuple[Integers, Integers]] = []
        ranks = self._ranks_at(np.arange(len(tokens)), tokens, words)
        work = _ROUNDS * len(tokens)
        while len(tokens):
            starts = np.flatnonzero(np.append(True, words[1:] != words[:-1]))
            sizes = np.diff(starts, append=len(tokens))
            work -= len(tokens)
            if work < 0 or (len(starts) <= _FEW and leave == 1):
                done += self._apply_to_each(tokens, words[starts], sizes, leave)
                break
            least = np.minimum.reduceat(ranks, starts)
            finished = (least == _LATER) | (sizes <= leave)
            if finished.any():
                finished = np.repeat(finished, sizes)
                done.append((tokens[finished], words[finished]))
                rest = ~finished
                tokens, words, ranks = tokens[rest], words[rest], ranks[rest]
                continue
            hits = np.flatnonzero(ranks == np.repeat(least, sizes))
            hits = hits[every_other(hits, hits + 1)]
            alone = self._one_by_one[ranks[hits]]
            if alone.any():
                first = np.append(True, words[hits[1:]] != words[hits[:-1]])
                hits = hits[first | ~alone]
            tokens[hits] = self._all_merged[ranks[hits]]
            stay = np.ones(len(tokens), np.bool_)
            stay[hits + 1] = False
            tokens, words, ranks = tokens[stay], words[stay], ranks[stay]
            merged = hits - np.arange(len(hits))
            changed = np.concatenate([merged, np.maximum(merged - 1, 0)])
            ranks[changed] = self._ranks_at(changed, tokens, words)
        if not done:
            return tokens, words
        all_words = np.concatenate([words for _, words in done])
        order = np.argsort(all_words, kind="stable")
        return np.concatenate([tokens for tokens, _ in done])[order], all_words[order]

    def _apply_to_each(
        self, tokens: Integers, words: Integers, sizes: Integers, leave: int
    ) -> Iterator[tuple[Integers, Integers]]:
        """Finish some pre-tokens, one after another."""
        listed, end = tokens.tolist(), 0
        for word, size in zip(words.tolist(), sizes.tolist(), strict=True):
            merged = self.apply(listed[end : end + size], leave)
            end += size
            yield np.array(merged), np.full(len(merged), word)

    def _ranks_at(self, positions: Integers, tokens: Integers, words: Integers) -> Integers:
        """Return the ranks of the pairs that begin at `positions`, `_LATER` for no merge."""
        ranks = np.full(len(positions), _LATER)
        pairs = np.flatnonzero(positions + 1 < len(tokens))
        pairs = pairs[words[positions[pairs]] == words[positions[pairs] + 1]]
        begins = positions[pairs]
        found = self._table.get(_pair_keys(tokens[begins], tokens[begins + 1]))
        ranks[pairs] = np.where(found < 0, _LATER, found)
        return ranks


def _enables_lower_ranks(pairs: NDArray[np.uint64], merged: Integers) -> NDArray[np.bool_]:
    """Return which merges produce a token that is part of a pair of lower rank.

    That pair merges before the next pair of the same kind does. Merges in training order have no
    such tokens: a token is produced before it can merge.
    """
    ranks = np.arange(len(pairs))
    tokens = np.concatenate([pairs.ravel().astype(np.int64), merged])
    lowest = np.full(tokens.max(initial=0) + 1, _LATER)
    np.minimum.at(lowest, pairs.ravel().astype(np.int64), np.repeat(ranks, 2))
    return lowest[merged] < ranks


def _pair_keys(lefts: NDArray[np.integer], rights: NDArray[np.integer]) -> Keys:
    """Return a key for each pair of ids, never 0."""
    high = lefts.astype(np.uint64) << np.uint64(32)
    keys: Keys = (high | rights.astype(np.uint64)) + np.uint64(1)
    return keys
