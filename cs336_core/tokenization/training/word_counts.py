"""Pre-tokens and how often each occurs, as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.pretokenization.spans import Integers, Keys, unpack

Place = int  # where in the corpus: the number of the chunk, and the offset in it


class Group(NamedTuple):
    """Pre-tokens whose keys are equally wide, and how often each occurs.

    Attributes:
        keys: their keys, one a row. Those of one number are in ascending order and distinct; of the
            others one may stand here twice, each time with a part of its count.
        counts: how often each occurs.
        first: where each occurs first; empty where nobody asked.

    """

    keys: Keys
    counts: Integers
    first: Integers


@dataclass(frozen=True)
class Counts:
    """Pre-tokens, and how often each occurs.

    Attributes:
        groups: by the width of their keys.
        long: those that are too long for a key -> how often they occur.
        long_first: those -> where they occur first; empty where nobody asked.

    """

    groups: dict[int, Group] = field(default_factory=dict)
    long: Counter[bytes] = field(default_factory=Counter)
    long_first: dict[bytes, Place] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many pre-tokens there are, at most."""
        return sum(len(group.keys) for group in self.groups.values()) + len(self.long)

    @property
    def is_ordered(self) -> bool:
        """Whether it is known where each pre-token occurs first."""
        groups = self.groups.values()
        return len(self) == sum(len(group.first) for group in groups) + len(self.long_first)

    def flat(self) -> tuple[NDArray[np.uint8], Integers, Integers]:
        """Return the bytes of all pre-tokens in one array, how many each has, and the counts.

        In the order of first occurrence where that is known.
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
        places = [group.first for group in self.groups.values()]
        long_places = integers(self.long_first[word] for word in self.long)
        order = np.argsort(np.concatenate([*places, long_places]))
        ends = np.cumsum(lengths)[order]
        lengths, counts = lengths[order], counts[order]
        # Where each byte is to come from: its pre-token's end, less how many bytes still follow.
        follow = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(data))
        return data[np.repeat(ends, lengths) - follow], lengths, counts

    def to_dict(self) -> dict[bytes, int]:
        """Return pre-token -> count, in the order of first occurrence where that is known."""
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
