"""How often each pre-token occurs in a corpus: a map over its chunks, then a reduction.

The map runs on any `concurrent.futures.Executor`: threads, processes, or the workers of a cluster.
The result depends neither on how the corpus is cut into chunks nor on which worker counts which.
"""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.params import special_token_texts
from cs336_core.tokenization.pretokenization.patterns import resolve_pattern
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut
from cs336_core.tokenization.pretokenization.spans import (
    MULTIPLIER,
    WIDTHS,
    Integers,
    Keys,
    split_spans,
)
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens
from cs336_core.tokenization.training.corpus import CHUNK_SIZE, Chunk, Corpus, chunks, total_size
from cs336_core.tokenization.training.progress import OnProgress, Progress
from cs336_core.tokenization.training.word_counts import Counts, Group, Position

_BLOCK_SIZE = 1 << 18  # bytes: the arrays of one block stay in the processor's cache
_BLOCK_END = re.compile(rb"(?<=[!-~]) ")  # safe to cut at, for every pattern that can be cut
_FOLD_AT = 1 << 20  # distinct keys waiting to be added up

_EMPTY: Integers = np.zeros(0, np.int64)
_UNKNOWN_WORKERS = 64  # the assumed size of an executor of unknown size

_CHUNK_SHIFT = 40


def count_pretokens(  # noqa: PLR0913  (all but one have defaults)
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
    is a document: no pre-token crosses from one into the next, or crosses a special token. Memory
    holds a few chunks and the counts. Only a custom pattern needs whole documents, since it is
    unknown where they may be cut.

    Args:
        corpus: the text.
        special_tokens: texts that are not part of any pre-token and are not counted.
        pattern: "gpt2", "cl100k", "o200k", the name of an encoding, "none" (or `None`), or a
            regular expression.
        errors: what to do with bytes that are not UTF-8: "strict", "replace" or "ignore".
        ordered: whether to record where each pre-token occurs first.
        num_workers: the number of threads, by default one per core. For a custom pattern, the
            number of processes, by default none; a script that uses them needs the usual
            `if __name__ == "__main__":`.
        executor: replaces these threads or processes: any executor, such as a Dask cluster's
            `client.get_executor()`. Its workers open the files themselves.
        progress: called with a `Progress` after each chunk.

    Raises `EncodingError` for text that is not Unicode, `CorpusError` for anything that is not a
    corpus, `OSError` for a file that cannot be read.

    >>> count_pretokens(["to be or not to be"]).to_dict()[b" be"]
    2
    """
    count = ChunkCounter(
        SpecialTokens(special_token_texts(special_tokens)),
        resolve_pattern(pattern),
        errors,
        ordered,
    )
    total = total_size(corpus)
    workers = (
        _workers(count.pattern, num_workers, total) if executor is None else nullcontext(executor)
    )
    with workers as pool:
        in_flight = 2 * getattr(pool, "_max_workers", _UNKNOWN_WORKERS)
        size = (total or 4 * CHUNK_SIZE) // in_flight + 1
        size = min(4 * CHUNK_SIZE, max(CHUNK_SIZE // 4, size))
        work = enumerate(chunks(corpus, count.pattern, count.special_tokens, errors, size))
        return add_up(_report(_map(count, work, pool, in_flight), total, progress))


def _workers(
    pattern: str | None, num_workers: int | None, total: int | None
) -> AbstractContextManager[Executor | None]:
    """Return the workers that count; none for a small corpus."""
    cores = os.cpu_count() or 1
    if can_cut(pattern):
        workers = cores if num_workers is None else num_workers
        if workers > 1 and (total is None or total > CHUNK_SIZE // 4):
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
    """Yield size and counts of each chunk, in order; at most `in_flight` are submitted at once."""
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


def _report(
    counted: Iterable[tuple[int, Counts]], total: int | None, progress: OnProgress | None
) -> Iterator[Counts]:
    """Pass counts on, and report how many bytes have been counted."""
    done = 0
    for size, counts in counted:
        done += size
        if progress:
            progress(Progress("count", done, total))
        yield counts


@dataclass(frozen=True)
class ChunkCounter:
    """Counts the pre-tokens of one chunk: the map."""

    special_tokens: SpecialTokens
    pattern: str | None
    errors: str
    ordered: bool

    def __call__(self, chunk: Chunk, number: int) -> Counts:
        """Count `chunk`, whose index in the corpus is `number`."""
        data = self.special_tokens.to_edges(chunk.read(self.errors))
        groups: dict[int, list[Group]] = {width: [] for width in WIDTHS}
        long: Counter[bytes] = Counter()
        long_first: dict[bytes, Position] = {}
        for begin, block in _blocks(data, self.pattern):
            spans = split_spans(block, self.pattern)
            position = (number << _CHUNK_SHIFT) + begin
            for width in WIDTHS:
                which = spans.of_width(width)
                first = spans.starts[which] + position if self.ordered else _EMPTY
                groups[width].append(_group(spans.keys(which, width), _EMPTY, first))
            which = spans.of_width(0)
            words = spans.texts(which)
            long.update(words)
            if self.ordered:
                for word, start in zip(words, spans.starts[which].tolist(), strict=True):
                    long_first.setdefault(word, position + start)
        added = {width: _add_up(parts) for width, parts in groups.items()}
        return Counts(added, long, long_first)


def _blocks(data: bytes, pattern: str | None) -> Iterator[tuple[int, bytes]]:
    """Cut `data` into blocks without changing its pre-tokens; yield the offset of each too."""
    begin = 0
    while begin < len(data):
        found = _BLOCK_END.search(data, begin + _BLOCK_SIZE) if can_cut(pattern) else None
        end = found.start() if found else len(data)
        yield begin, data[begin:end]
        begin = end


def _group(keys: Keys, counts: Integers, first: Integers) -> Group:
    """Bring equal keys together; without `counts`, each key stands for one occurrence."""
    if not len(keys):
        return Group(keys, _EMPTY, _EMPTY)
    if keys.shape[1] == 1 and not len(counts) and not len(first):
        keys = np.sort(keys[:, 0])[:, None]
    else:
        order = np.argsort(_hashes(keys), kind="stable")
        keys = keys[order]
        counts = counts[order] if len(counts) else counts
        first = first[order] if len(first) else first
    # Keys are compared column by column. If two keys share a hash they may alternate and form more
    # groups than there are keys; the counts are still right.
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
    """Return a hash for each key; a key of one number is its own hash."""
    hashes = keys[:, 0]
    for column in keys.T[1:]:
        hashes = (hashes ^ (hashes >> np.uint64(32))) * MULTIPLIER + column
    return hashes


def add_up(parts: Iterable[Counts]) -> Counts:
    """Add up the counts of several chunks: the reduction."""
    groups: dict[int, list[Group]] = {width: [] for width in WIDTHS}
    waiting = 0
    long: Counter[bytes] = Counter()
    long_first: dict[bytes, Position] = {}
    for part in parts:
        for width, group in part.groups.items():
            groups[width].append(group)
            waiting += len(group.keys)
        if waiting > _FOLD_AT:
            groups = {width: [_add_up(parts)] for width, parts in groups.items()}
            # Half, so that no entry is added up over and over.
            waiting = sum(len(parts[0].keys) for parts in groups.values()) // 2
        long.update(part.long)
        for word, position in part.long_first.items():
            if position < long_first.get(word, position + 1):
                long_first[word] = position
    return Counts({width: _add_up(parts) for width, parts in groups.items()}, long, long_first)


def _add_up(groups: list[Group]) -> Group:
    """Add up the counts of keys of one width."""
    if len(groups) == 1:
        return groups[0]
    filled = [group for group in groups if len(group.keys)]
    if not filled:
        return Group(np.zeros((0, 1), np.uint64), _EMPTY, _EMPTY)
    return _group(*(np.concatenate(column) for column in zip(*filled, strict=True)))
