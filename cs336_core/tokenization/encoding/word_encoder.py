"""Turns pre-tokens into ids, and caches the ids of each.

A short text looks up one pre-token after another in a dict. A longer text is encoded a block at a
time with operations on arrays; see `word_table.py`. The caches change the speed, never the ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, compress

import numpy as np

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.encoding.merge_table import MergeTable
from cs336_core.tokenization.encoding.preparation import start_of
from cs336_core.tokenization.encoding.word_table import WordTable
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.spans import Integers, split_spans

_FEW = 400  # pre-tokens: up to here a loop is faster than operations on arrays (measured)
_CACHE = 1 << 19  # pre-tokens; a cache of more, or of more bytes, is emptied
_CACHE_BYTES = 1 << 22


class WordEncoder:
    """Turns pre-tokens into ids."""

    def __init__(self, params: BPEParams) -> None:
        """Take the vocabulary, merges and pattern of a tokenizer."""
        self._pattern = params.pattern
        self._ids_of = params.ids
        # Pre-tokens that skip the merges.
        self._whole = params.ids if params.ignore_merges else {}
        start = start_of(params)
        self._byte_ids = start.byte_ids
        self._all_byte_ids = np.array(self._byte_ids, np.int64)
        self._merges = MergeTable(
            [(left, right) for left, right, _ in start.merges],
            [merged for _, _, merged in start.merges],
        )
        self.incomplete = start.incomplete
        self._each = _Words(self)
        self._tables: list[WordTable] = []  # one for each thread that has encoded at the same time

    def __getstate__(self) -> dict[str, object]:
        """Leave out the caches, so that a pickle does not depend on what was encoded."""
        return {**self.__dict__, "_each": _Words(self), "_tables": []}

    def encode_each(self, words: Iterable[str]) -> list[int]:
        """Return the ids of some pre-tokens, one after another."""
        return list(chain.from_iterable(map(self._each.__getitem__, words)))

    def encode_word(self, word: bytes) -> list[int]:
        """Turn one pre-token into ids."""
        whole = self._whole.get(word)
        if whole is not None:
            return [whole]
        return self._merges.apply([self._byte_ids[byte] for byte in word])

    def encode_words(self, words: list[bytes]) -> tuple[Integers, Integers]:
        """Return the ids of many pre-tokens, concatenated, and the number of ids of each."""
        if len(words) <= _FEW:
            ids = [self.encode_word(word) for word in words]
            counts = np.fromiter(map(len, ids), np.int64, len(ids))
            return np.fromiter(chain.from_iterable(ids), np.int64, counts.sum()), counts
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        data = np.frombuffer(b"".join(words), np.uint8)
        tokens, of = self._merges.apply_to_all(
            self._all_byte_ids[data], np.repeat(np.arange(len(words)), lengths)
        )
        return tokens, np.bincount(of, minlength=len(words))

    def encode(self, data: bytes) -> Integers:
        """Encode a block of text, UTF-8."""
        spans = split_spans(data, self._pattern)
        if not len(spans.starts):
            return np.zeros(0, np.int64)
        # A table leaves the list while it changes and returns when it is complete. So two threads
        # never share one, and an interruption (Ctrl-C) discards it. No lock is needed, so a fork or
        # a signal handler cannot deadlock.
        try:
            table = self._tables.pop()
        except IndexError:
            table = WordTable(self._encode_new)
        ids = table.encode(spans)
        if not _is_full(table):
            self._tables.append(table)
        return ids

    def _encode_new(self, words: list[bytes]) -> tuple[Integers, Integers]:
        """Return the ids of pre-tokens that are not cached, and the number of ids of each."""
        whole = np.array([self._whole.get(word, -1) for word in words])
        several = whole < 0
        ids, counts = self.encode_words(list(compress(words, several.tolist())))
        sizes = np.ones(len(words), np.int64)
        sizes[several] = counts
        new = np.empty(sizes.sum(), np.int64)
        of_several = np.repeat(several, sizes)
        new[of_several] = ids
        new[~of_several] = whole[~several]
        return new, sizes


class _Words(dict[str, tuple[int, ...]]):
    """The ids of the pre-tokens of short texts, computed at the first lookup.

    Threads may share it: each change is atomic, and two threads would write the same ids.
    """

    def __init__(self, encoder: WordEncoder) -> None:
        super().__init__()
        self._encoder = encoder
        self.size = 0

    def __missing__(self, word: str) -> tuple[int, ...]:
        data = utf8(word)
        # A tuple, since the garbage collector does not visit tuples of numbers.
        ids = self[word] = tuple(self._encoder.encode_word(data))
        self.size += len(data)
        if _is_full(self):
            self.clear()
            self.size = 0
        return ids


def _is_full(cache: _Words | WordTable) -> bool:
    """Whether a cache has reached its limit of pre-tokens or of their bytes."""
    return len(cache) > _CACHE or cache.size > _CACHE_BYTES
