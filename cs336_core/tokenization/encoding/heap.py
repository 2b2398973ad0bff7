"""A heap in an array, as in the standard library's `heapq`: the lowest number comes first."""

from __future__ import annotations

from cs336_core.tokenization.compiled import inlined
from cs336_core.tokenization.encoding.keys import Int64s


@inlined
def heapify(heap: Int64s, size: int) -> None:
    """Order the first `size` numbers."""
    for at in range(size // 2 - 1, -1, -1):
        _sift_down(heap, size, at, heap[at])


@inlined
def push(heap: Int64s, size: int, number: int) -> None:
    """Add a number to a heap of `size`."""
    at = size
    while at > 0 and heap[(at - 1) // 2] > number:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = number


@inlined
def pop(heap: Int64s, size: int) -> int:
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
