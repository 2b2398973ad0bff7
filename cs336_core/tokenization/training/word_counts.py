"""Pre-tokens and their counts, as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.pretokenization.spans import Integers, Keys, unpack

Position = int  # in the corpus: the index of the chunk, then the offset in it


class Group(NamedTuple):
    """Pre-tokens whose keys have the same width, and their counts.

    Attributes:
        keys: one key per row. Keys of one number are ascending and distinct; a wider key may occur
            twice, each time with a part of its count.
        counts: how often each occurs.
        first: where each occurs first; empty if not recorded.

    """

    keys: Keys
    counts: Integers
    first: Integers


@dataclass(frozen=True)
class Counts:
    """Pre-tokens and their counts.

    Attributes:
        groups: width of the keys -> the pre-tokens with such keys.
        long: pre-tokens that are too long for a key -> their counts.
        long_first: the same -> where they occur first; empty if not recorded.

    """

    groups: dict[int, Group] = field(default_factory=dict)
    long: Counter[bytes] = field(default_factory=Counter)
    long_first: dict[bytes, Position] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return an upper bound on the number of distinct pre-tokens."""
        return sum(len(group.keys) for group in self.groups.values()) + len(self.long)

    @property
    def is_ordered(self) -> bool:
        """Whether the first occurrence of each pre-token was recorded."""
        groups = self.groups.values()
        return len(self) == sum(len(group.first) for group in groups) + len(self.long_first)

    def flat(self) -> tuple[NDArray[np.uint8], Integers, Integers]:
        """Return the concatenated bytes of all pre-tokens, their lengths and their counts.

        In the order of first occurrence if that was recorded.
        """
        unpacked = [unpack(group.keys) for group in self.groups.values()]
        data = np.concatenate(
            [text for text, _ in unpacked] + [np.frombuffer(b"".join(self.long), np.uint8)]
        )
        lengths = np.concatenate([n for _, n in unpacked] + [integers(map(len, self.long))])
        counts = np.concatenate(
            [group.counts for group in self.groups.values()] + [integers(self.long.values())]
        )
        if not self.is_ordered:
            return data, lengths, counts
        first = [group.first for group in self.groups.values()]
        long_first = integers(self.long_first[word] for word in self.long)
        order = np.argsort(np.concatenate([*first, long_first]))
        ends = np.cumsum(lengths)[order]
        lengths, counts = lengths[order], counts[order]
        # The source of each byte: the end of its pre-token minus the bytes that still follow.
        follow = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(data))
        return data[np.repeat(ends, lengths) - follow], lengths, counts

    def to_dict(self) -> dict[bytes, int]:
        """Return pre-token -> count, in the order of first occurrence if that was recorded."""
        data, lengths, counts = self.flat()
        text, end = data.tobytes(), 0
        total: dict[bytes, int] = {}
        for length, count in zip(lengths.tolist(), counts.tolist(), strict=True):
            word = text[end : end + length]
            total[word] = total.get(word, 0) + count
            end += length
        return total


def integers(numbers: Iterable[int]) -> Integers:
    """Return integers as an array."""
    return np.fromiter(numbers, np.int64)
