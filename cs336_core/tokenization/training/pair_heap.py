"""A heap of pairs: the one that merges next is on top.

Entry i comes before the entries 2i + 1 and 2i + 2. It holds the count that its pair had when it was
entered. Pairs only become rarer, so that count may be too high, but never too low: if the pair on
top still has its count, no other is more frequent. If it does not, it is entered again.
"""

from __future__ import annotations

from cs336_core.tokenization.compiled import inlined
from cs336_core.tokenization.training.state import Heap, State

LEXICOGRAPHIC, FIRST_SEEN, LOWEST_IDS = range(3)  # the tie-breaks


@inlined
def push(pair: int, state: State) -> None:
    """Enter a pair."""
    heap = state.heap
    hole = heap.size[0]
    heap.size[0] += 1
    count, first = state.pairs.frequency[pair], state.pairs.first[pair]
    while hole > 0:
        parent = (hole - 1) >> 1
        if not comes_before(pair, count, first, parent, state):
            break
        move(parent, hole, heap)
        hole = parent
    put(pair, count, first, hole, heap)


@inlined
def pop(state: State) -> None:
    """Remove the entry on top."""
    heap = state.heap
    heap.size[0] -= 1
    last = heap.size[0]
    if last > 0:
        replace_top(heap.pair[last], heap.frequency[last], heap.first[last], state)


@inlined
def replace_top(pair: int, count: int, first: int, state: State) -> None:
    """Put another entry in place of the one on top, and move it down to where it belongs."""
    heap = state.heap
    hole, child = 0, 1
    while child < heap.size[0]:
        other = child + 1
        if other < heap.size[0] and comes_before(
            heap.pair[other], heap.frequency[other], heap.first[other], child, state
        ):
            child = other
        if comes_before(pair, count, first, child, state):
            break
        move(child, hole, heap)
        hole, child = child, 2 * child + 1
    put(pair, count, first, hole, heap)


@inlined
def put(pair: int, count: int, first: int, hole: int, heap: Heap) -> None:
    """Write an entry."""
    heap.pair[hole] = pair
    heap.frequency[hole] = count
    heap.first[hole] = first


@inlined
def move(entry: int, hole: int, heap: Heap) -> None:
    """Copy an entry."""
    put(heap.pair[entry], heap.frequency[entry], heap.first[entry], hole, heap)


@inlined
def comes_before(pair: int, count: int, first: int, entry: int, state: State) -> bool:
    """Whether a pair merges before that of an entry: it is more frequent, or wins the tie."""
    heap, pairs, tokens = state.heap, state.pairs, state.tokens
    if count != heap.frequency[entry]:
        return count > heap.frequency[entry]
    if state.tie_break[0] == FIRST_SEEN:
        return first < heap.first[entry]
    left, right = pairs.left[pair], pairs.right[pair]
    other_left, other_right = pairs.left[heap.pair[entry]], pairs.right[heap.pair[entry]]
    if state.tie_break[0] == LOWEST_IDS:
        if left != other_left:
            return tokens.order[left] < tokens.order[other_left]
        return tokens.order[right] < tokens.order[other_right]
    if left != other_left:
        return is_greater(left, other_left, state)
    return is_greater(right, other_right, state)


@inlined
def is_greater(token: int, other: int, state: State) -> bool:
    """Whether the bytes of a token are greater than those of another one."""
    letters, tokens = state.text.letters, state.tokens
    length, other_length = tokens.length[token], tokens.length[other]
    for i in range(min(length, other_length)):
        byte, other_byte = letters[tokens.example[token] + i], letters[tokens.example[other] + i]
        if byte != other_byte:
            return byte > other_byte
    return length > other_length
