"""How often each pre-token occurs in a corpus: a map over its chunks, then a reduction.

The map runs on any `concurrent.futures.Executor`: threads, processes, or the workers of a cluster.
The result depends neither on how the corpus is cut into chunks nor on which worker counts which.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
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


def count_pretokens(  # noqa: PLR0913  (all but one have defaults)
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
    count = ChunkCounter(
        SpecialTokens(special_token_texts(special_tokens)),
        resolve_pattern(pattern),
        errors,
    )
    total = total_size(corpus)
    workers = (
        _workers(count.pattern, num_workers, total) if executor is None else nullcontext(executor)
    )
    with workers as pool:
        in_flight = 2 * getattr(pool, "_max_workers", _UNKNOWN_WORKERS)
        size = (total or 4 * CHUNK_SIZE) // in_flight + 1
        size = min(2 * CHUNK_SIZE, max(CHUNK_SIZE // 4, size))
        reading = Reading(errors, field)
        work = chunks(corpus, count.pattern, count.special_tokens, reading, size)
        return add_up(_report(_map(count, work, pool, in_flight), total, progress))


def _workers(
    pattern: str | None, num_workers: int | None, total: int | None
) -> AbstractContextManager[Executor | None]:
    """Return the workers that count; none for a small corpus."""
    cores = os.cpu_count() or 1
    if pattern in MACHINES:
        workers = cores if num_workers is None else num_workers
        if workers > 1 and (total is None or total > CHUNK_SIZE // 4):
            return ThreadPoolExecutor(workers)
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

    def __call__(self, chunk: Chunk) -> Counts:
        """Count `chunk`."""
        text = chunk if isinstance(chunk, bytes) else chunk.read(self.errors)
        data = self.special_tokens.to_edges(text)
        if self.pattern not in MACHINES:
            return Counts.from_dict(self._counted_by_regex(data))
        table = WordTable()
        table.count(data, MACHINES[self.pattern])
        return table.counted()

    def _counted_by_regex(self, data: bytes) -> Counter[bytes]:
        counts: Counter[bytes] = Counter()
        for text in data.split(EDGE_BYTE):
            counts.update(word.encode() for word in split(text.decode(), self.pattern))
        return counts


def add_up(parts: Iterable[Counts]) -> Counts:
    """Add up the counts of chunks, in the order of the chunks: the reduction."""
    table = WordTable()
    for part in parts:
        table.add(part)
    return table.counted()
