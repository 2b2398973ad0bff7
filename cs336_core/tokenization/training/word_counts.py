"""Pre-tokens and their counts, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cs336_core.tokenization.compiled import Bytes, Int64s


@dataclass(frozen=True)
class Counts:
    """The distinct pre-tokens of a text, in the order of their first occurrence."""

    data: Bytes  # their concatenated bytes
    lengths: Int64s  # the number of bytes of each
    counts: Int64s  # how often each occurs

    def __len__(self) -> int:
        """Return the number of distinct pre-tokens."""
        return len(self.lengths)

    @classmethod
    def from_dict(cls, counts: Mapping[bytes, int]) -> Counts:
        """Return the counts of a mapping pre-token -> count.

        >>> Counts.from_dict({b"the": 2, b" cat": 1}).lengths.tolist()
        [3, 4]
        """
        return cls(
            np.frombuffer(b"".join(counts), np.uint8).copy(),
            np.fromiter(map(len, counts), np.int64, len(counts)),
            np.fromiter(counts.values(), np.int64, len(counts)),
        )

    def to_dict(self) -> dict[bytes, int]:
        """Return pre-token -> count."""
        text, end = self.data.tobytes(), 0
        counts: dict[bytes, int] = {}
        for length, count in zip(self.lengths.tolist(), self.counts.tolist(), strict=True):
            counts[text[end : end + length]] = count
            end += length
        return counts
