"""Pre-tokens as numbers: spans of bytes packed into keys, which arrays of numbers can compare.

A span of up to seven bytes fits into one 64-bit number together with its length. Two such spans are
equal exactly if their keys are: nothing is hashed, so nothing can collide. Four of five pre-tokens
of English text are that short. A key of two numbers has room for 15 bytes, one of eight numbers for
63; longer spans stay Python `bytes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.pretokenization.scanners import FINDERS, starts
from cs336_core.tokenization.pretokenization.special_tokens import EDGE_BYTE
from cs336_core.tokenization.pretokenization.split import split as split  # noqa: PLC0414

Keys = NDArray[np.uint64]
Integers = NDArray[np.int64]

WIDTHS = (1, 2, 4, 8)  # how many numbers a key may have
_LENGTH_SHIFT = np.uint64(56)
# A mask of the lowest 0 to 8 bytes of a number.
_FILLED = np.array([(1 << (8 * filled)) - 1 for filled in range(9)], np.uint64)


class Spans(NamedTuple):
    """The pre-tokens of a text, in order; edges are left out.

    Attributes:
        data: the text, UTF-8 with edges.
        starts: the byte offset of each pre-token.
        lengths: its number of bytes.

    """

    data: bytes
    starts: Integers
    lengths: Integers

    def of_width(self, width: int) -> Integers:
        """Return which pre-tokens need a key of `width` numbers; 0: those too long for a key."""
        if width == 0:
            return np.flatnonzero(self.lengths >= 8 * WIDTHS[-1])
        narrower = 8 * WIDTHS[WIDTHS.index(width) - 1] if width > 1 else 0
        return np.flatnonzero((self.lengths < 8 * width) & (self.lengths >= narrower))

    def keys(self, which: Integers, width: int) -> Keys:
        """Return the keys of some pre-tokens, one row of `width` numbers each."""
        padded = self.data + bytes(8 * width)
        # The 8 bytes from each byte of the data on, as numbers, without a copy.
        numbers = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
        starts, lengths = self.starts[which], self.lengths[which]
        keys = np.empty((len(which), width), np.uint64)
        for i in range(width):
            filled = lengths if width == 1 else np.clip(lengths - 8 * i, 0, 8)
            keys[:, i] = numbers[starts + 8 * i] & _FILLED[filled]
        keys[:, -1] |= lengths.astype(np.uint64) << _LENGTH_SHIFT
        return keys

    def texts(self, which: Integers) -> list[bytes]:
        """Return the bytes of some pre-tokens."""
        begins = self.starts[which]
        ends = begins + self.lengths[which]
        return [
            self.data[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]


def split_spans(data: bytes, pattern: str | None) -> Spans:
    """Split `data`, valid UTF-8 with edges, into the pre-tokens of `pattern`."""
    if pattern in FINDERS:
        begins = starts(data, FINDERS[pattern])
    else:
        begins = np.fromiter(_starts_by_regex(data, pattern), np.int64)
    lengths = np.diff(begins, append=len(data))
    inside = np.frombuffer(data, np.uint8)[begins] != EDGE_BYTE[0]
    if inside.all():
        return Spans(data, begins, lengths)
    return Spans(data, begins[inside], lengths[inside])


def _starts_by_regex(data: bytes, pattern: str | None) -> Iterator[int]:
    """Yield the byte offset of each pre-token and of each edge, for any pattern."""
    begin = 0
    for piece in data.split(EDGE_BYTE):
        if begin:
            yield begin - 1
        for part in split(piece.decode(), pattern):
            yield begin
            begin += len(part.encode())
        begin += 1


def unpack(keys: Keys) -> tuple[NDArray[np.uint8], Integers]:
    """Return the concatenated bytes of spans and the length of each.

    >>> data, lengths = unpack(split_spans(b"to be", None).keys(np.array([0]), 1))
    >>> bytes(data), lengths.tolist()
    (b'to be', [5])
    """
    lengths = (keys[:, -1] >> _LENGTH_SHIFT).astype(np.int64)
    table = keys.astype("<u8").view(np.uint8).reshape(len(keys), 8 * keys.shape[1])
    return table[np.arange(table.shape[1]) < lengths[:, None]], lengths


MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # spreads hashes: 2**64 over the golden ratio (Knuth)


class KeyTable:
    """A hash table from keys to values, with lookups of whole arrays at once.

    Open addressing with linear probing: a key is stored in the first free slot from its hash on. A
    lookup compares the key itself, so a collision costs time but causes no error.
    """

    _MAX_LOAD = 0.4

    def __init__(self, bits: int = 12) -> None:
        self._allocate(bits)

    def __len__(self) -> int:
        """Return the number of keys."""
        return self._size

    def _allocate(self, bits: int) -> None:
        self._bits, self._size = bits, 0
        self._keys = np.zeros(1 << bits, np.uint64)  # 0 marks a free slot: no key is 0
        self._values = np.full(1 << bits, -1, np.int64)

    def _slots(self, keys: Keys) -> Integers:
        return ((keys * MULTIPLIER) >> np.uint64(64 - self._bits)).astype(np.int64)

    def get(self, keys: Keys) -> Integers:
        """Return the value of each key, -1 for a missing key."""
        slots = self._slots(keys)
        found = self._keys[slots]
        values = self._values[slots]
        misses = np.flatnonzero(found != keys)
        if len(misses):
            values[misses] = -1
            # Where the slot has another key, try the next one, and the next, until a free slot.
            trying = misses[found[misses] != 0]
            slots = slots[trying]
            while len(trying):
                slots = (slots + 1) & (len(self._keys) - 1)
                found = self._keys[slots]
                hit = found == keys[trying]
                values[trying[hit]] = self._values[slots[hit]]
                on = ~hit & (found != 0)
                trying, slots = trying[on], slots[on]
        return values

    def add(self, keys: Keys, values: Integers) -> None:
        """Add distinct new keys."""
        if self._size + len(keys) > self._MAX_LOAD * len(self._keys):
            used = self._keys != 0
            keys = np.concatenate([self._keys[used], keys])
            values = np.concatenate([self._values[used], values])
            self._allocate(max(self._bits + 1, int(len(keys) / self._MAX_LOAD).bit_length()))
        self._size += len(keys)
        slots = self._slots(keys)
        while len(keys):
            free = self._keys[slots] == 0
            self._keys[slots[free]] = keys[free]  # one of the keys for a slot wins it
            won = self._keys[slots] == keys
            self._values[slots[won]] = values[won]
            lost = ~won
            keys, values = keys[lost], values[lost]
            slots = (slots[lost] + 1) & (len(self._keys) - 1)
