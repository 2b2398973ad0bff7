"""Encodes many texts: groups of them at once, in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from cs336_core.tokenization.arguments import whole_number, wrong_type
from cs336_core.tokenization.errors import TokenizationError

_GROUP = 1 << 17  # characters: enough work for a thread, and little enough to share it evenly

Ids = list[int]


def encode_in_threads(
    texts: Iterable[str],
    num_threads: int | None,
    encode_one: Callable[[str], Ids],
    encode_group: Callable[[Sequence[str]], list[Ids]],
) -> list[Ids]:
    """Return the ids of each text, in order; an error names the index of its text.

    If `encode_group` raises an error, `encode_one` encodes the texts of its group one by one.
    """
    if isinstance(texts, str):
        raise wrong_type("texts", texts, "a list of strings; call encode for one text")
    threads = (
        os.cpu_count() or 1 if num_threads is None else whole_number("num_threads", num_threads)
    )
    if threads < 1:
        raise TokenizationError(f"num_threads is {threads}; it must be 1 or more")

    def encode(group: tuple[int, list[str]]) -> list[Ids]:
        first, some = group
        try:
            return encode_group(some)
        except (TokenizationError, UnicodeEncodeError, TypeError):
            return [_named(encode_one, text, first + i) for i, text in enumerate(some)]

    groups = list(_groups(texts))
    if threads == 1 or len(groups) < 2:
        return list(chain.from_iterable(map(encode, groups)))
    with ThreadPoolExecutor(min(threads, len(groups))) as pool:
        return list(chain.from_iterable(pool.map(encode, groups)))


def _groups(texts: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield texts in groups of about the same size, and the index of the first of each."""
    group: list[str] = []
    first = size = 0
    for i, text in enumerate(texts):
        group.append(text)
        size += len(text) if isinstance(text, str) else 0
        if size >= _GROUP:
            yield first, group
            group, first, size = [], i + 1, 0
    if group:
        yield first, group


def _named(encode: Callable[[str], Ids], text: str, index: int) -> Ids:
    """Encode a text; an error names its index."""
    try:
        return encode(text)
    except TokenizationError as error:
        raise type(error)(f"texts[{index}]: {error}") from None
