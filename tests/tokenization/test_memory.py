"""Constant memory where it is promised: three times the text needs no more."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pydoc_data.topics import topics

import pytest

from cs336_core.tokenization import BPETokenizer, count_pretokens, train

PAGE = topics["types"]  # 130,000 characters
MB = 1_000_000


def text(megabytes: int) -> Iterator[str]:
    for i in range(megabytes * MB // len(PAGE)):
        yield f"{i} {PAGE}"


@cache
def tokenizer() -> BPETokenizer:
    return BPETokenizer(train([PAGE], 400))


def encode(strings: Iterable[str]) -> None:
    deque(tokenizer().encode_iterable(strings), maxlen=0)


def count(strings: Iterable[str]) -> None:
    count_pretokens(strings, num_workers=1)


@pytest.mark.parametrize("use", [encode, count])
def test_memory_does_not_grow_with_the_text(use: Callable[[Iterable[str]], None]) -> None:
    use(text(1))  # fills what is cached for good, so that its memory does not count
    little, much = (peak(use, text(megabytes)) for megabytes in (3, 9))
    assert much < little + MB / 2


def peak(use: Callable[[Iterable[str]], None], strings: Iterable[str]) -> int:
    """Return the peak of allocated bytes."""
    tracemalloc.start()
    try:
        use(strings)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
