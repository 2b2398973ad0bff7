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
from cs336_core.tokenization.training.pair_heap import pop, push, replace_top
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


def merge_batches(
    words: Counts, num_merges: int, rules: Rules, known: Sequence[tuple[int, int]] = ()
) -> Iterator[Int32s]:
    """Yield up to `num_merges` merges as rows of two ids, a batch at a time.

    The pairs of tokens in `known` merge first, in this order.
    """
    # Each merge leaves at least one token less.
    end = len(known) + min(num_merges, len(words.data))
    merges = np.zeros((end, 2), np.int32)
    merges[: len(known)] = np.reshape(known, (-1, 2))
    state = start(words, _NUM_BYTES + end, rules)
    done, begins = 0, np.zeros(len(known) + 1, np.int64)
    while done < len(known):
        state = with_room(state)
        done = merge_known(done, merges[: len(known)], begins, state)
    # A guess at the count of the last merge. By Zipf's law it is about half of what it would be if
    # all merges were equally frequent.
    floor = int(words.lengths @ words.counts) // (2 * max(num_merges, 1))
    state = with_floor(max(floor, rules.min_frequency), state)
    begin = done
    while done < end:
        stop = min(begin + _BATCH, end)
        state = with_room(state)
        done = learn(done, stop, merges, state)
        if done == stop:
            yield merges[begin:done]
            begin = done
        elif state.heap.size[0] == 0:
            if state.floor[0] == rules.min_frequency:
                break
            floor = int(state.floor[0]) // _FLOOR_STEP
            state = with_floor(max(floor, rules.min_frequency), state)
    if begin < done:
        yield merges[begin:done]


def start(words: Counts, max_tokens: int, rules: Rules) -> State:
    """Lay out the words, with room for `max_tokens` tokens and an empty heap."""
    text = lay_out(words)
    pairs, num_pairs = pairs_of_bytes(text)
    nothing = np.zeros(0, np.int32)
    tokens = Tokens(*(np.zeros(max_tokens, np.int32) for _ in range(3)))
    # Hugging Face numbers the bytes by the characters that stand for them in its files.
    alphabet = sorted(range(_NUM_BYTES), key=CHARACTERS.__getitem__)
    tokens.order[alphabet] = range(_NUM_BYTES)
    start_tokens(text, tokens)
    return State(
        text,
        pairs,
        tokens,
        Heap(_number(0), nothing, np.zeros(0, np.int64), nothing),
        NewPairs(*(np.full(max_tokens, NONE, np.int32) for _ in range(2))),
        num_tokens=_number(_NUM_BYTES),
        num_pairs=_number(num_pairs),
        floor=_number(0),
        max_length=_number(rules.max_token_length or len(text.letters)),
        tie_break=_number(rules.tie_break),
    )


def _number(number: int) -> Int64s:
    return np.array([number], np.int64)


def with_floor(floor: int, state: State) -> State:
    """Set the floor, and enter all pairs that are not below it into the heap, which is empty."""
    state.floor[0] = floor
    frequency = state.pairs.frequency[: state.num_pairs[0]]
    state = with_room(state, int(np.count_nonzero(frequency >= floor)))
    push_from(0, state)
    return state


def with_room(state: State, most: int | None = None) -> State:
    """Enlarge the arrays that might not have room for `most` pairs, or those of a merge."""
    pairs, heap = state.pairs, state.heap
    most = most_new_pairs(state) if most is None else most
    if state.num_pairs[0] + most > len(pairs.frequency):
        pairs = Pairs(*(_enlarged(array, most) for array in pairs))
    if heap.size[0] + most > len(heap.pair):
        heap = Heap(heap.size, *(_enlarged(array, most) for array in heap[1:]))
    return state._replace(pairs=pairs, heap=heap)


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
            push_from(first_new, state)
        elif pairs.frequency[pair] >= state.floor[0]:  # it has become rarer: enter it again
            replace_top(pair, pairs.frequency[pair], pairs.first[pair], state)
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

    Merge k creates the pairs from `begins[k]` to `begins[k + 1]`, which this function enters.
    """
    while done < len(merges):
        begins[done] = state.num_pairs[0]
        if state.num_pairs[0] + most_new_pairs(state) > len(state.pairs.left):
            break
        left, right = merges[done]
        by = max(left, right) - _NUM_BYTES  # the merge that created their pair
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
def push_from(pair: int, state: State) -> None:
    """Enter into the heap the pairs from this one on that may merge."""
    pairs, length = state.pairs, state.tokens.length
    for new in range(pair, state.num_pairs[0]):
        num_bytes = length[pairs.left[new]] + length[pairs.right[new]]
        if num_bytes <= state.max_length[0] and pairs.frequency[new] >= state.floor[0]:
            push(new, state)


@jit
def most_new_pairs(state: State) -> int:
    """Return how many pairs a merge can create: two with each token."""
    return 2 * state.num_tokens[0] + 2


@jit
def start_tokens(text: Text, tokens: Tokens) -> None:
    """Enter the single bytes."""
    for byte in range(_NUM_BYTES):
        tokens.length[byte] = 1
    for here in range(1, len(text.token)):
        if text.token[here] != EDGE:
            tokens.example[text.token[here]] = here
