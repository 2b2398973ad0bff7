"""A table of the pre-tokens encoded so far, for lookups of a whole block of text at once.

Pre-tokens become keys, keys become rows of the table, and one gather writes out their ids.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cs336_core.tokenization.pretokenization.spans import Integers, KeyTable, Spans


class WordTable:
    """Pre-tokens and their ids; it grows with each block that has new ones.

    A change takes several steps, so a table belongs to one thread at a time, and one whose change
    was interrupted must not be used again.

    Attributes:
        size: the total bytes of its pre-tokens.

    """

    def __init__(self, encode: Callable[[list[bytes]], tuple[Integers, Integers]]) -> None:
        """Begin empty; `encode` returns the ids of new pre-tokens and the number of ids of each."""
        self._encode_new = encode
        self.size = 0
        self._short = KeyTable()  # pre-tokens of up to seven bytes -> rows
        self._long: dict[bytes, int] = {}
        self._ids = np.zeros(0, np.int64)  # of all rows, concatenated
        self._begins = np.zeros(0, np.int64)  # the offset of each row in `_ids`
        self._counts = np.zeros(0, np.int64)  # the number of ids of each row

    def __len__(self) -> int:
        """Return the number of pre-tokens."""
        return len(self._begins)

    def encode(self, spans: Spans) -> Integers:
        """Return the ids of the pre-tokens of a block, which has at least one."""
        rows = np.empty(len(spans.starts), np.int64)
        short = spans.of_width(1)
        keys = spans.keys(short, 1)[:, 0]
        found = self._short.get(keys)
        missing = np.flatnonzero(found < 0)
        if len(missing):
            new, first = np.unique(keys[missing], return_index=True)
            self._short.add(new, self._add(spans.texts(short[missing[first]])))
            found[missing] = self._short.get(keys[missing])
        rows[short] = found
        longer = np.flatnonzero(spans.lengths >= 8)
        words = spans.texts(longer)
        unknown = list(dict.fromkeys(word for word in words if word not in self._long))
        if unknown:
            self._long.update(zip(unknown, self._add(unknown).tolist(), strict=True))
        rows[longer] = [self._long[word] for word in words]
        counts = self._counts[rows]
        ends = np.cumsum(counts)
        # The ids of each pre-token follow those of the one before.
        shift = self._begins[rows] - ends + counts
        ids: Integers = self._ids[np.repeat(shift, counts) + np.arange(ends[-1])]
        return ids

    def _add(self, words: list[bytes]) -> Integers:
        """Add distinct new pre-tokens; return their rows."""
        ids, counts = self._encode_new(words)
        first = len(self)
        self._begins = np.append(self._begins, len(self._ids) + np.cumsum(counts) - counts)
        self._counts = np.append(self._counts, counts)
        self._ids = np.append(self._ids, ids)
        self.size += sum(map(len, words))
        return np.arange(first, first + len(words))
