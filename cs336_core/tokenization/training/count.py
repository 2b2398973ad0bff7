"""How often each pre-token occurs in a corpus: a map over its chunks, and a reduction.

The map runs on any `concurrent.futures.Executor`: threads, processes, or the workers of a cluster.
The result does not depend on how the corpus is cut into chunks, nor on who counts which.
"""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.params import unique_special_tokens
from cs336_core.tokenization.pretokenization.patterns import named
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut
from cs336_core.tokenization.pretokenization.spans import (
    MULTIPLIER,
    WIDTHS,
    Integers,
    Keys,
    split_spans,
)
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens
from cs336_core.tokenization.training.corpus import CHUNK, Chunk, Corpus, chunks, total_size
from cs336_core.tokenization.training.progress import OnProgress, Progress
from cs336_core.tokenization.training.word_counts import Counts, Group, Place

_BLOCK = 1 << 18  # bytes: the arrays of one block stay in the processor's cache
_BLOCK_END = re.compile(rb"(?<=[!-~]) ")  # a cut for every pattern that is cut into blocks
_FOLD_AT = 1 << 20  # distinct keys waiting to be added up

_NONE: Integers = np.zeros(0, np.int64)
_IN_FLIGHT = 64  # chunks handed to an executor whose workers nobody has counted

_CHUNK_SHIFT = 40


def count_pretokens(  # noqa: PLR0913  (each has a default)
    corpus: Corpus,
    special_tokens: Iterable[str] = (),
    *,
    pattern: str | None = "gpt2",
    errors: str = "strict",
    ordered: bool = False,
    num_workers: int | None = None,
    executor: Executor | None = None,
    progress: OnProgress | None = None,
) -> Counts:
    """Count how often each pre-token occurs in a corpus.

    `corpus` is a path, an open file, or an iterable of paths, open files and strings. Each of them
    is a document: no pre-token goes on from one into the next, or across a special token. Nothing
    is held but a few chunks and the counts, unless the pattern is one of your own: then a document
    is read as a whole, since nobody knows where it may be cut.

    Args:
        corpus: the text.
        special_tokens: marks that are no part of any pre-token, and are not counted.
        pattern: "gpt2", "cl100k", "o200k", the name of an encoding, "none" (or `None`), or a
            regular expression.
        errors: what to do with bytes that are no UTF-8: "strict", "replace" or "ignore".
        ordered: whether to note where each pre-token occurs first.
        num_workers: how many threads to count with, by default one a core. For a pattern of your
            own, processes instead of threads, by default none: a script that asks for them must
            have the usual `if __name__ == "__main__":`.
        executor: who counts, in place of these: any executor, such as a Dask cluster's
            `client.get_executor()`. Files are opened by those who count them.
        progress: called with how far it has come.

    Raises `EncodingError` for text that is not Unicode, `CorpusError` for a corpus that is none,
    `OSError` for a file that cannot be read.

    >>> count_pretokens(["to be or not to be"]).to_dict()[b" be"]
    2
    """
    pattern = named(pattern)
    special_tokens = tuple(unique_special_tokens(special_tokens))
    total = total_size(corpus)
    with (
        _executor(pattern, num_workers, total) if executor is None else nullcontext(executor) as by
    ):
        workers = getattr(by, "_max_workers", _IN_FLIGHT)
        size = min(4 * CHUNK, max(CHUNK // 4, (total or 4 * CHUNK) // (2 * workers) + 1))
        count = partial(
            count_chunk,
            special_tokens=special_tokens,
            pattern=pattern,
            errors=errors,
            ordered=ordered,
        )
        work = enumerate(chunks(corpus, pattern, SpecialTokens(special_tokens), errors, size))
        return add_up(_told(_map(count, work, by, 2 * workers), total, progress))


def _executor(
    pattern: str | None, num_workers: int | None, total: int | None
) -> AbstractContextManager[Executor | None]:
    """Return who counts: nobody else, for what is little."""
    cores = os.cpu_count() or 1
    if can_cut(pattern):
        workers = cores if num_workers is None else num_workers
        if workers > 1 and (total is None or total > CHUNK // 4):
            return ThreadPoolExecutor(workers)
    elif num_workers is not None and num_workers > 1:
        return ProcessPoolExecutor(num_workers, mp_context=get_context("spawn"))
    return nullcontext(None)


def _map(
    count: Callable[[Chunk, int], Counts],
    work: Iterable[tuple[int, Chunk]],
    executor: Executor | None,
    in_flight: int,
) -> Iterator[tuple[int, Counts]]:
    """Yield the size and the counts of each chunk, in order; few chunks are under way at a time."""
    if executor is None:
        for number, chunk in work:
            yield len(chunk), count(chunk, number)
        return
    waiting: deque[tuple[int, Future[Counts]]] = deque()
    try:
        for number, chunk in work:
            waiting.append((len(chunk), executor.submit(count, chunk, number)))
            if len(waiting) >= in_flight:
                size, future = waiting.popleft()
                yield size, future.result()
        while waiting:
            size, future = waiting.popleft()
            yield size, future.result()
    finally:
        for _, future in waiting:
            future.cancel()


def _told(
    counted: Iterable[tuple[int, Counts]], total: int | None, progress: OnProgress | None
) -> Iterator[Counts]:
    """Pass counts on, and tell how many bytes have been counted."""
    done = 0
    for size, counts in counted:
        done += size
        if progress:
            progress(Progress("count", done, total))
        yield counts


def count_chunk(  # noqa: PLR0913
    chunk: Chunk,
    number: int,
    *,
    special_tokens: Iterable[str],
    pattern: str | None,
    errors: str,
    ordered: bool,
) -> Counts:
    """Count the pre-tokens of one chunk, the one with that number: the map."""
    data = SpecialTokens(special_tokens).to_edges(chunk.read(errors))
    groups: dict[int, list[Group]] = {width: [] for width in WIDTHS}
    long: Counter[bytes] = Counter()
    long_first: dict[bytes, Place] = {}
    for begin, block in _blocks(data, pattern):
        spans = split_spans(block, pattern)
        place = (number << _CHUNK_SHIFT) + begin
        for width in WIDTHS:
            which = spans.of_width(width)
            first = spans.starts[which] + place if ordered else _NONE
            groups[width].append(_group(spans.keys(which, width), _NONE, first))
        which = spans.of_width(0)
        words = spans.texts(which)
        long.update(words)
        if ordered:
            for word, start in zip(words, spans.starts[which].tolist(), strict=True):
                long_first.setdefault(word, place + start)
    added = {width: _add_up(parts) for width, parts in groups.items()}
    return Counts(added, long, long_first)


def _blocks(data: bytes, pattern: str | None) -> Iterator[tuple[int, bytes]]:
    """Cut `data` into blocks with the same pre-tokens, and tell where each begins."""
    begin = 0
    while begin < len(data):
        found = _BLOCK_END.search(data, begin + _BLOCK) if can_cut(pattern) else None
        end = found.start() if found else len(data)
        yield begin, data[begin:end]
        begin = end


def _group(keys: Keys, counts: Integers, first: Integers) -> Group:
    """Bring equal keys together; no `counts` means that each stands for one occurrence."""
    if not len(keys):
        return Group(keys, _NONE, _NONE)
    if keys.shape[1] == 1 and not len(counts) and not len(first):
        keys = np.sort(keys[:, 0])[:, None]
    else:
        order = np.argsort(_hashes(keys), kind="stable")
        keys = keys[order]
        counts = counts[order] if len(counts) else counts
        first = first[order] if len(first) else first
    # What is grouped is equal, number by number. Should two keys have one hash, they may come to
    # stand by turns, and make more groups than there are keys: their counts are still right.
    changes = np.zeros(len(keys), np.bool_)
    changes[0] = True
    for column in keys.T:
        changes[1:] |= column[1:] != column[:-1]
    begins = np.flatnonzero(changes)
    return Group(
        keys[begins],
        np.add.reduceat(counts, begins) if len(counts) else np.diff(begins, append=len(keys)),
        np.minimum.reduceat(first, begins) if len(first) else first,
    )


def _hashes(keys: Keys) -> NDArray[np.uint64]:
    """Return a number for each key, the same for equal ones; a key of one number is its own."""
    hashes = keys[:, 0]
    for column in keys.T[1:]:
        hashes = (hashes ^ (hashes >> np.uint64(32))) * MULTIPLIER + column
    return hashes


def add_up(parts: Iterable[Counts]) -> Counts:
    """Add counts together: the reduction."""
    groups: dict[int, list[Group]] = {width: [] for width in WIDTHS}
    waiting = 0
    long: Counter[bytes] = Counter()
    long_first: dict[bytes, Place] = {}
    for part in parts:
        for width, group in part.groups.items():
            groups[width].append(group)
            waiting += len(group.keys)
        if waiting > _FOLD_AT:
            groups = {width: [_add_up(parts)] for width, parts in groups.items()}
            # Half, so that no entry is added up again and again.
            waiting = sum(len(parts[0].keys) for parts in groups.values()) // 2
        long.update(part.long)
        for word, place in part.long_first.items():
            if place < long_first.get(word, place + 1):
                long_first[word] = place
    return Counts({width: _add_up(parts) for width, parts in groups.items()}, long, long_first)


def _add_up(groups: list[Group]) -> Group:
    """Add the counts of keys of one width together."""
    if len(groups) == 1:
        return groups[0]
    filled = [group for group in groups if len(group.keys)]
    if not filled:
        return Group(np.zeros((0, 1), np.uint64), _NONE, _NONE)
    return _group(*(np.concatenate(column) for column in zip(*filled, strict=True)))
