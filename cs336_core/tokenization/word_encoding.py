"""Turns pre-tokens into ids, and remembers those that it has met.

Short text asks for one after another. Longer text takes the vectorized way, a block at a time:
pre-tokens become keys, keys become places in a table of all pre-tokens met so far, and one gather
writes out their ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, compress

import numpy as np

from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.spans import Integers, KeyTable, split_spans
from cs336_core.tokenization.text import utf8
from cs336_core.tokenization.word_merging import Merges

_FEW = 400  # pre-tokens: up to here a loop is faster than operations on arrays (measured)
_CACHE = 1 << 19  # pre-tokens remembered; beyond that the cache begins anew


class WordEncoder:
    """Turns pre-tokens into ids."""

    def __init__(self, params: BPEParams) -> None:
        """Take the vocabulary, the merges and the pattern of a tokenizer."""
        self._pattern = params.pattern
        self._ids_of = params.ids
        # Pre-tokens that need no merging.
        self._whole = params.ids if params.ignore_merges else {}
        self._byte_ids = [self._ids_of.get(bytes([byte]), -1) for byte in range(256)]
        self._all_byte_ids = np.array(self._byte_ids, np.int64)
        self._merges = Merges(
            [(self._ids_of[left], self._ids_of[right]) for left, right in params.merges],
            [self._ids_of[left + right] for left, right in params.merges],
        )
        self._each = _Words(self)
        self._clear()

    def encode_each(self, words: Iterable[str]) -> list[int]:
        """Return the ids of some pre-tokens, one after another."""
        if len(self._each) >= _CACHE:
            self._each.clear()
        return list(chain.from_iterable(map(self._each.__getitem__, words)))

    def encode_word(self, word: bytes) -> list[int]:
        """Turn one pre-token into ids."""
        whole = self._whole.get(word)
        if whole is not None:
            return [whole]
        return self._merges.apply([self._byte_ids[byte] for byte in word])

    def encode_words(self, words: list[bytes]) -> tuple[Integers, Integers]:
        """Turn many pre-tokens into ids, and tell how many each has."""
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

    def _clear(self) -> None:
        """Forget the pre-tokens of longer texts."""
        self._short = KeyTable()
        self._long: dict[bytes, int] = {}
        self._known = np.zeros(0, np.int64)  # the ids of all pre-tokens met, one after another
        self._begins = np.zeros(0, np.int64)  # where in there those of each begin
        self._counts = np.zeros(0, np.int64)  # how many each has

    def encode(self, data: bytes) -> Integers:
        """Encode a block of text, UTF-8."""
        spans = split_spans(data, self._pattern)
        if not len(spans.starts):
            return np.zeros(0, np.int64)
        if len(self._begins) > _CACHE:
            self._clear()
        places = np.empty(len(spans.starts), np.int64)
        short = spans.of_width(1)
        keys = spans.keys(short, 1)[:, 0]
        found = self._short.get(keys)
        missing = np.flatnonzero(found < 0)
        if len(missing):
            new, first = np.unique(keys[missing], return_index=True)
            self._short.add(new, self._learn(spans.texts(short[missing[first]])))
            found[missing] = self._short.get(keys[missing])
        places[short] = found
        longer = np.flatnonzero(spans.lengths >= 8)
        words = spans.texts(longer)
        unknown = list(dict.fromkeys(word for word in words if word not in self._long))
        if unknown:
            self._long.update(zip(unknown, self._learn(unknown).tolist(), strict=True))
        places[longer] = [self._long[word] for word in words]
        counts = self._counts[places]
        ends = np.cumsum(counts)
        # The ids of each pre-token follow those of the one before.
        shift = self._begins[places] - ends + counts
        ids: Integers = self._known[np.repeat(shift, counts) + np.arange(ends[-1])]
        return ids

    def _learn(self, words: list[bytes]) -> Integers:
        """Encode pre-tokens not met before; return their places."""
        whole = np.array([self._whole.get(word, -1) for word in words])
        several = whole < 0
        ids, counts = self.encode_words(list(compress(words, several.tolist())))
        sizes = np.ones(len(words), np.int64)
        sizes[several] = counts
        new = np.empty(sizes.sum(), np.int64)
        of_several = np.repeat(several, sizes)
        new[of_several] = ids
        new[~of_several] = whole[~several]
        first = len(self._begins)
        self._begins = np.append(self._begins, len(self._known) + np.cumsum(sizes) - sizes)
        self._known = np.append(self._known, new)
        self._counts = np.append(self._counts, sizes)
        return np.arange(first, first + len(words))


class _Words(dict[str, tuple[int, ...]]):
    """The ids of the pre-tokens met so far in short texts; of others when they are asked for."""

    def __init__(self, encoder: WordEncoder) -> None:
        super().__init__()
        self._encoder = encoder

    def __missing__(self, word: str) -> tuple[int, ...]:
        # Python's search for cycles looks at every list there is, and not at tuples of numbers.
        ids = self[word] = tuple(self._encoder.encode_word(utf8(word)))
        return ids
