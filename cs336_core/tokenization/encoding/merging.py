"""Merges the bytes of one word, lowest rank first, as the reference `encode` does.

A short word looks at the ranks of all its pairs for each merge. A long word takes the lowest from a
heap, so that its time grows little faster than its length.
"""

from __future__ import annotations

from cs336_core.tokenization.compiled import Bytes, Int32s, Int64s, inlined
from cs336_core.tokenization.encoding.tables import NO_RANK, Tables, rank_of
from cs336_core.tokenization.pretokenization.word_keys import int64

SHORT = 64  # bytes: up to here a search is faster than a heap (measured)
_ARRAYS = 5  # arrays of a long word's length in `scratch`; its heap may grow to two of them


@inlined
def scratch_size(length: int) -> int:
    """Return how many numbers of `scratch` the merges of a word of `length` bytes need."""
    return length if length <= SHORT else _ARRAYS * length


@inlined
def merge_word(
    data: Bytes, begin: int, end: int, ids: Int32s, count: int, scratch: Int64s, tables: Tables
) -> int:
    """Write the tokens of the word from `begin` to `end` to `ids[count:]`; return the new count."""
    for i in range(end - begin):
        ids[count + i] = tables.byte_tokens[data[begin + i]]
    if end - begin <= SHORT:
        return _merge_short(data, begin, end, ids, count, scratch, tables)
    return _merge_long(data, begin, end, ids, count, scratch, tables)


@inlined
def _merge_short(
    data: Bytes, begin: int, end: int, ids: Int32s, count: int, ranks: Int64s, tables: Tables
) -> int:
    """Merge the tokens in `ids`; `ranks` has the rank of each with the next, and its position."""
    size = end - begin
    for i in range(size - 1):
        ranks[i] = _ranked(_byte_rank(data, begin + i, tables), i)
    while size > 1:
        lowest = ranks[0]
        for i in range(1, size - 1):
            lowest = min(lowest, ranks[i])
        rank, at = lowest >> 32, lowest & 0xFFFFFFFF
        if rank == NO_RANK:
            break
        ids[count + at] = tables.merged[rank]
        size -= 1
        for i in range(at + 1, size):
            ids[count + i] = ids[count + i + 1]
        for i in range(at + 1, size - 1):
            ranks[i] = ranks[i + 1] - 1  # one position further left
        if at + 1 < size:
            ranks[at] = _ranked(rank_of(ids[count + at], ids[count + at + 1], tables), at)
        if at > 0:
            ranks[at - 1] = _ranked(rank_of(ids[count + at - 1], ids[count + at], tables), at - 1)
    return count + size


@inlined
def _merge_long(
    data: Bytes, begin: int, end: int, ids: Int32s, count: int, scratch: Int64s, tables: Tables
) -> int:
    """Merge the tokens in `ids`, which are a linked list: each stays where it began."""
    size = end - begin
    ranks, after, before = scratch[:size], scratch[size : 2 * size], scratch[2 * size : 3 * size]
    heap = scratch[3 * size :]  # a merge takes one pair from it, and adds two
    waiting = 0
    for i in range(size):
        after[i], before[i] = i + 1, i - 1
        ranks[i] = _byte_rank(data, begin + i, tables) if i + 1 < size else NO_RANK
        if ranks[i] != NO_RANK:
            heap[waiting] = _ranked(ranks[i], i)
            waiting += 1
    _heapify(heap, waiting)
    while waiting:
        lowest = _pop(heap, waiting)
        waiting -= 1
        rank, at = lowest >> 32, lowest & 0xFFFFFFFF
        if ranks[at] != rank:
            continue  # one of the two has merged since
        gone = after[at]
        ids[count + at] = tables.merged[rank]
        ranks[at] = ranks[gone] = NO_RANK
        after[at] = right = after[gone]
        if right < size:
            before[right] = at
            ranks[at] = rank_of(ids[count + at], ids[count + right], tables)
            if ranks[at] != NO_RANK:
                _push(heap, waiting, _ranked(ranks[at], at))
                waiting += 1
        left = before[at]
        if left >= 0:
            ranks[left] = rank_of(ids[count + left], ids[count + at], tables)
            if ranks[left] != NO_RANK:
                _push(heap, waiting, _ranked(ranks[left], left))
                waiting += 1
    at, end_of_ids = 0, count
    while at < size:
        ids[end_of_ids] = ids[count + at]
        end_of_ids += 1
        at = after[at]
    return end_of_ids


@inlined
def _byte_rank(data: Bytes, at: int, tables: Tables) -> int:
    """Return the rank of the pair of bytes at `at`."""
    return int64(tables.byte_ranks[int64(data[at]) << 8 | int64(data[at + 1])])


@inlined
def _ranked(rank: int, at: int) -> int:
    """Return one number that sorts by rank, then by position."""
    return int64(rank) << 32 | at


# The heap of a long word, as in the standard library's `heapq`: the lowest number comes first.


@inlined
def _heapify(heap: Int64s, size: int) -> None:
    """Order the first `size` numbers."""
    for at in range(size // 2 - 1, -1, -1):
        _sift_down(heap, size, at, heap[at])


@inlined
def _push(heap: Int64s, size: int, number: int) -> None:
    """Add a number to a heap of `size`."""
    at = size
    while at > 0 and heap[(at - 1) // 2] > number:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = number


@inlined
def _pop(heap: Int64s, size: int) -> int:
    """Remove and return the lowest number of a heap of `size`."""
    lowest: int = heap[0]
    _sift_down(heap, size - 1, 0, heap[size - 1])
    return lowest


@inlined
def _sift_down(heap: Int64s, size: int, at: int, number: int) -> None:
    """Put a number at `at` or below."""
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= number:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = number
