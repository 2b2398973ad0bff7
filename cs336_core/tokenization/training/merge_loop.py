"""Learns merges from pre-token counts: `train_bpe` over arrays, compiled, with the same result.

The reference counts all pairs, merges the most frequent one, and counts again. This module counts
once, and from then on changes only what a merge changes:

- A merge touches the occurrences of one pair, which a list gives (`pair_lists.py`). At each of
  them, at most three pairs lose an occurrence, and at most two new pairs gain one.
- A new pair always contains the newest token. So while a pair merges into a token `new`, the pair
  (c, new) is found in an array that is indexed by c, and so is (new, c): no hash table is needed.
- The most frequent pair is on top of a heap (`pair_heap.py`). Most pairs are rare and never get
  there, so the heap has only those whose count is not below a floor. When it is empty, the floor is
  lowered.

Compiled code cannot enlarge an array. It returns when one might not have enough room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.compiled import Int32s, Int64s, inlined, jit
from cs336_core.tokenization.formats.byte_alphabet import CHARACTERS
from cs336_core.tokenization.training.pair_heap import pop, push, refresh
from cs336_core.tokenization.training.pair_lists import (
    add_position,
    lay_out,
    pairs_of_bytes,
    remove_position,
    start_list,
)
from cs336_core.tokenization.training.state import (
    EDGE,
    NONE,
    Heap,
    NewPairs,
    Pairs,
    State,
    Text,
    Tokens,
)
from cs336_core.tokenization.training.word_counts import Counts

_BATCH = 128  # merges between two returns to Python, which sees Ctrl-C and reports progress
_FLOOR_STEP = 4  # the floor is divided by this when it is lowered
_NUM_BYTES = 256


class Rules(NamedTuple):
    """Which pair merges next."""

    tie_break: int  # which of several equally frequent pairs, such as `FIRST_SEEN`
    min_frequency: int  # none that occurs less often
    max_token_length: int | None  # none that has more bytes, unless this is `None`


class MergeLoop:
    """The distinct pre-tokens as sequences of tokens, and the merges that they undergo."""

    def __init__(
        self,
        words: Counts,
        num_merges: int,
        rules: Rules,
        known: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Lay out the pre-tokens, and merge the pairs of tokens in `known`, in this order."""
        self._num_known = len(known)
        # Each merge leaves at least one token less.
        self._num_merges = len(known) + min(num_merges, len(words.data))
        self._merges = np.zeros((self._num_merges, 2), np.int32)
        self._merges[: len(known)] = np.reshape(known, (-1, 2))
        self._min_frequency = rules.min_frequency
        text = lay_out(words)
        nothing = np.zeros(0, np.int32)
        pairs, num_pairs = pairs_of_bytes(text)
        num_tokens = _NUM_BYTES + self._num_merges
        self._state = State(
            text,
            pairs,
            Tokens(*(np.zeros(num_tokens, np.int32) for _ in range(3))),
            Heap(_number(0), nothing, np.zeros(0, np.int64), nothing),
            NewPairs(*(np.full(num_tokens, NONE, np.int32) for _ in range(2))),
            num_tokens=_number(_NUM_BYTES),
            num_pairs=_number(num_pairs),
            floor=_number(0),
            max_length=_number(rules.max_token_length or len(text.letters)),
            tie_break=_number(rules.tie_break),
        )
        # Hugging Face numbers the bytes by the characters that stand for them in its files.
        alphabet = sorted(range(_NUM_BYTES), key=CHARACTERS.__getitem__)
        self._state.tokens.order[alphabet] = range(_NUM_BYTES)
        start_tokens(text, self._state.tokens)
        self._merge_known()
        # A guess at the count of the last merge. By Zipf's law it is about half of what it would
        # be if all merges were equally frequent.
        self._lower_floor(int(words.lengths @ words.counts) // (2 * max(num_merges, 1)))

    def merges(self) -> Iterator[Int32s]:
        """Yield the merges as rows of two ids, a batch at a time, until no pair is left."""
        begin = end = self._num_known
        while begin == end < self._num_merges:
            end = min(begin + _BATCH, self._num_merges)
            done = self._learn(begin, end)
            yield self._merges[begin:done]
            begin = done

    def _learn(self, done: int, end: int) -> int:
        """Learn merges from merge `done` up to `end`, or until no pair is left; return how many."""
        while True:
            self._make_room()
            done = learn(done, end, self._merges, self._state)
            if done == end:
                return done
            if self._state.heap.size[0] == 0:
                if self._state.floor[0] == self._min_frequency:
                    return done
                self._lower_floor(int(self._state.floor[0]) // _FLOOR_STEP)

    def _merge_known(self) -> None:
        """Merge the pairs that are known."""
        done = 0
        begins = np.zeros(self._num_known + 1, np.int64)
        while done < self._num_known:
            self._make_room()
            done = merge_known(done, self._merges[: self._num_known], begins, self._state)

    def _lower_floor(self, floor: int) -> None:
        """Lower the floor, and enter all pairs that are not below it into the heap."""
        state = self._state
        state.floor[0] = max(floor, self._min_frequency)
        chosen = np.flatnonzero(state.pairs.frequency[: state.num_pairs[0]] >= state.floor[0])
        state.heap.size[0] = 0
        self._make_room(len(chosen))
        push_all(chosen, self._state)

    def _make_room(self, most: int | None = None) -> None:
        """Enlarge the arrays that might not have room for `most` pairs, or those of a merge."""
        pairs, heap = self._state.pairs, self._state.heap
        most = most_new_pairs(self._state) if most is None else most
        if self._state.num_pairs[0] + most > len(pairs.frequency):
            pairs = Pairs(*(_enlarged(array, most) for array in pairs))
        if heap.size[0] + most > len(heap.pair):
            entries = (_enlarged(array, most) for array in heap[1:])
            heap = Heap(heap.size, *entries)
        self._state = self._state._replace(pairs=pairs, heap=heap)


def _number(number: int) -> Int64s:
    return np.array([number], np.int64)


def _enlarged(array: NDArray[Any], room: int) -> NDArray[Any]:
    """Return a copy of twice the length, or with `room` for more if that is longer."""
    return np.append(array, np.zeros(max(len(array), room), array.dtype))


@jit
def learn(done: int, end: int, merges: Int32s, state: State) -> int:
    """Learn merges from merge `done` up to `end`; return how many there are now.

    Stops early if the heap is empty, or if an array might become too small.
    """
    pairs, heap = state.pairs, state.heap
    while done < end and heap.size[0] > 0:
        most = most_new_pairs(state)
        if state.num_pairs[0] + most > len(pairs.frequency) or heap.size[0] + most > len(heap.pair):
            break
        pair = heap.pair[0]
        if pairs.frequency[pair] == heap.frequency[0] and pairs.first[pair] == heap.first[0]:
            pop(state)
            merges[done, 0], merges[done, 1] = pairs.left[pair], pairs.right[pair]
            done += 1
            first_new = state.num_pairs[0]
            merge(pair, state)
            for new in range(first_new, state.num_pairs[0]):
                if may_merge(new, state):
                    push(new, state)
        elif pairs.frequency[pair] >= state.floor[0]:
            refresh(state)
        else:
            pop(state)
    return done


@jit
def merge(pair: int, state: State) -> None:
    """Merge every occurrence of a pair, from left to right, into a new token."""
    text, pairs, tokens, new_pairs = state.text, state.pairs, state.tokens, state.new_pairs
    left, right = pairs.left[pair], pairs.right[pair]
    new, first_new = state.num_tokens[0], state.num_pairs[0]
    state.num_tokens[0] += 1
    tokens.length[new] = tokens.length[left] + tokens.length[right]
    tokens.example[new] = pairs.first[pair]
    tokens.order[new] = new
    while pairs.first[pair] != NONE:
        here = pairs.first[pair]
        middle, end = here + tokens.length[left], here + tokens.length[new]
        before, after = text.token[here - 1], text.token[end]
        previous = here - tokens.length[before]
        weight = text.counts[text.word[here]]
        # The pairs of the two tokens, with each other and with their neighbors, vanish here.
        remove_position(here, weight, text, pairs)
        if before != EDGE:
            remove_position(previous, weight, text, pairs)
        if after != EDGE:
            remove_position(middle, weight, text, pairs)
        # The two become one token, which forms new pairs with the neighbors.
        text.token[here] = text.token[end - 1] = new
        if before != EDGE:
            if new_pairs.as_left[before] < first_new:
                new_pairs.as_left[before] = add_pair(before, new, state)
            add_position(previous, new_pairs.as_left[before], weight, text, pairs)
        if after != EDGE:
            if new_pairs.as_right[after] < first_new:
                new_pairs.as_right[after] = add_pair(new, after, state)
            add_position(here, new_pairs.as_right[after], weight, text, pairs)


@jit
def merge_known(done: int, merges: Int32s, begins: Int64s, state: State) -> int:
    """Merge given pairs from merge `done` on; return the first that the arrays have no room for.

    Merge k brings about the pairs from `begins[k]` to `begins[k + 1]`, which this function enters.
    """
    while done < len(merges):
        begins[done] = state.num_pairs[0]
        if state.num_pairs[0] + most_new_pairs(state) > len(state.pairs.left):
            break
        left, right = merges[done]
        by = max(left, right) - _NUM_BYTES  # the merge that brought about their pair
        pair, end = (begins[by], begins[by + 1]) if by >= 0 else (0, begins[0])
        while pair < end and (state.pairs.left[pair] != left or state.pairs.right[pair] != right):
            pair += 1
        if pair < end:
            merge(pair, state)
        else:  # this text does not have the pair, but the token counts
            state.num_tokens[0] += 1
        done += 1
    return done


@inlined
def add_pair(left: int, right: int, state: State) -> int:
    """Enter a new pair, and return it."""
    pair = state.num_pairs[0]
    state.num_pairs[0] += 1
    start_list(pair, left, right, state.pairs)
    return pair


@inlined
def may_merge(pair: int, state: State) -> bool:
    """Whether a pair belongs on the heap."""
    pairs, length = state.pairs, state.tokens.length
    if length[pairs.left[pair]] + length[pairs.right[pair]] > state.max_length[0]:
        return False
    return pairs.frequency[pair] >= state.floor[0]


@jit
def most_new_pairs(state: State) -> int:
    """Return how many pairs a merge can bring about: two with each token."""
    return 2 * state.num_tokens[0] + 2


@jit
def push_all(chosen: Int64s, state: State) -> None:
    """Enter pairs into the heap."""
    for i in range(len(chosen)):
        if may_merge(chosen[i], state):
            push(chosen[i], state)


@jit
def start_tokens(text: Text, tokens: Tokens) -> None:
    """Enter the single bytes."""
    for byte in range(_NUM_BYTES):
        tokens.length[byte] = 1
    for here in range(1, len(text.token)):
        if text.token[here] != EDGE:
            tokens.example[text.token[here]] = here
