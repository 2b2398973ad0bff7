"""How often each pre-token occurs in a corpus: a map over its chunks, and a sum.

The map runs on any `concurrent.futures.Executor`: threads, processes, or the workers of a cluster.
The result depends neither on how the corpus is cut into chunks nor on which worker counts which.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from multiprocessing import get_context
from typing import Literal, NamedTuple

from cs336_core.tokenization.params import special_token_texts
from cs336_core.tokenization.pretokenization.patterns import MACHINES, resolve_pattern
from cs336_core.tokenization.pretokenization.special_tokens import EDGE_BYTE, SpecialTokens
from cs336_core.tokenization.pretokenization.split import split
from cs336_core.tokenization.training.chunks import CHUNK_SIZE, Chunk, chunks
from cs336_core.tokenization.training.corpus import Corpus, Reading, total_size
from cs336_core.tokenization.training.word_counts import Counts
from cs336_core.tokenization.training.word_table import WordTable


class Progress(NamedTuple):
    """How far training has come."""

    stage: Literal["count", "merge"]  # while pre-tokens are counted, while merges are learned
    done: int  # bytes counted, or merges learned, so far
    total: int | None  # all bytes, or all merges; `None` if unknown before the end


OnProgress = Callable[[Progress], None]
_UNKNOWN_WORKERS = 64  # the assumed size of an executor of unknown size


def count_pretokens(
    corpus: Corpus,
    special_tokens: Iterable[str] = (),
    *,
    pattern: str | None = "gpt2",
    errors: str = "strict",
    field: str = "text",
    num_workers: int | None = None,
    executor: Executor | None = None,
    progress: OnProgress | None = None,
) -> Counts:
    """Count how often each pre-token occurs in a corpus.

    `corpus` is a path, an open file, or an iterable of paths, open files, strings, and lists of
    these. Each of them is a document: no pre-token crosses from one into the next, or crosses a
    special token. A file whose name ends with `.gz` is decompressed; of one that ends with `.jsonl`
    or `.jsonl.gz`, each line is a JSON object with a document in one field. Memory holds a few
    chunks and the counts. Only a custom pattern needs whole documents, since it is unknown where
    they may be cut.

    Args:
        corpus: the text.
        special_tokens: texts that are not part of any pre-token and are not counted.
        pattern: "gpt2", "cl100k", "o200k", the name of an encoding, "none" (or `None`), or a
            regular expression.
        errors: what to do with bytes that are not UTF-8: "strict", "replace" or "ignore".
        field: the field of JSON lines that has the text.
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
    specials = SpecialTokens(special_token_texts(special_tokens))
    pattern = resolve_pattern(pattern)
    count = partial(count_chunk, specials=specials, pattern=pattern, errors=errors)
    total, done = total_size(corpus), 0
    table = WordTable()
    with _workers(executor, pattern, num_workers, total) as pool:
        in_flight = 2 * getattr(pool, "_max_workers", _UNKNOWN_WORKERS)
        size = (total or 4 * CHUNK_SIZE) // in_flight + 1
        size = min(2 * CHUNK_SIZE, max(CHUNK_SIZE // 4, size))
        work = chunks(corpus, pattern, specials, Reading(errors, field), size)
        for num_bytes, counts in _map(count, work, pool, in_flight):
            table.add(counts)
            done += num_bytes
            if progress:
                progress(Progress("count", done, total))
    return table.counted()


def _workers(
    given: Executor | None, pattern: str | None, num_workers: int | None, total: int | None
) -> AbstractContextManager[Executor | None]:
    """Return the workers that count: those that were given; otherwise none for a small corpus."""
    if given is not None:
        return nullcontext(given)
    if pattern in MACHINES:
        num_workers = (os.cpu_count() or 1) if num_workers is None else num_workers
        if num_workers > 1 and (total is None or total > CHUNK_SIZE // 4):
            return ThreadPoolExecutor(num_workers)
    elif num_workers is not None and num_workers > 1:
        return ProcessPoolExecutor(num_workers, mp_context=get_context("spawn"))
    return nullcontext(None)


def _map(
    count: Callable[[Chunk], Counts],
    work: Iterable[Chunk],
    executor: Executor | None,
    in_flight: int,
) -> Iterator[tuple[int, Counts]]:
    """Yield size and counts of each chunk, in order; at most `in_flight` are submitted at once."""
    if executor is None:
        for chunk in work:
            yield len(chunk), count(chunk)
        return
    waiting: deque[tuple[int, Future[Counts]]] = deque()
    try:
        for chunk in work:
            waiting.append((len(chunk), executor.submit(count, chunk)))
            if len(waiting) >= in_flight:
                size, future = waiting.popleft()
                yield size, future.result()
        while waiting:
            size, future = waiting.popleft()
            yield size, future.result()
    finally:
        for _, future in waiting:
            future.cancel()


def count_chunk(chunk: Chunk, specials: SpecialTokens, pattern: str | None, errors: str) -> Counts:
    """Count the pre-tokens of one chunk: the map."""
    data = specials.to_edges(chunk if isinstance(chunk, bytes) else chunk.read(errors))
    if pattern in MACHINES:
        table = WordTable()
        table.count(data, MACHINES[pattern])
        return table.counted()
    words: Counter[bytes] = Counter()
    for text in data.split(EDGE_BYTE):
        words.update(word.encode() for word in split(text.decode(), pattern))
    return Counts.from_dict(words)
