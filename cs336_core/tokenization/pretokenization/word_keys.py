"""Finds words, short for pre-tokens, in hash tables.

The key of a word is two numbers, which are equal if the words are, and nearly always only then. A
word is stored in the first free slot from a hash of its key on (*open addressing*). The bytes of
words with equal keys are compared, so a collision costs time but causes no error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cs336_core.tokenization.compiled import Bytes, Int32s, Int64s, inlined

# Compiled code calculates in the type of its numbers: bytes need more room.
int64: Callable[[Any], int] = np.int64  # type: ignore[assignment]

FREE = -1  # a slot without a word

EXACT = 15  # bytes: no two words of up to this length have the same key
_MULTIPLIER = -0x61C8864680B583EB  # spreads keys: 2**64 over the golden ratio (Knuth), signed
_OTHER_MULTIPLIER = -0x3D4D51C2D82B14B1
_LOW_BYTES = np.array([(1 << 8 * count) - 1 for count in range(8)] + [-1], np.int64)


class Words(NamedTuple):
    """Words and their hash table."""

    slots: Int32s  # the number of a word, or `FREE`
    keys: Int64s  # the key of each word, two numbers
    begins: Int32s | Int64s  # where each word begins in `text`, and where the last one ends
    text: Bytes  # the bytes of all words


@inlined
def word_key(data: Bytes, begin: int, end: int) -> tuple[int, int]:
    """Return the key of the word from `begin` to `end`.

    The key of a word of up to 15 bytes consists of these bytes and of their number. The key of a
    longer one has a hash; its second number is negative.
    """
    length = end - begin
    if length <= EXACT:
        if begin + 16 <= len(data):
            first = eight_bytes(data, begin) & _LOW_BYTES[min(length, 8)]
            second = eight_bytes(data, begin + 8) & _LOW_BYTES[max(length - 8, 0)]
        else:
            first = _up_to_eight_bytes(data, begin, end)
            second = _up_to_eight_bytes(data, begin + 8, end)
        return first, second | int64(length) << 56
    first = int64(length)
    while begin + 8 <= end:
        first = (first ^ eight_bytes(data, begin)) * _MULTIPLIER
        first ^= first >> 32
        begin += 8
    first = (first ^ _up_to_eight_bytes(data, begin, end)) * _MULTIPLIER
    return first, int64(-length)


@inlined
def first_slot(first: int, second: int, size: int) -> int:
    """Return the slot where the search for a key begins; `size`, of the table, is a power of 2."""
    mixed = (first ^ (second * _OTHER_MULTIPLIER)) * _MULTIPLIER
    return (mixed ^ (mixed >> 32)) & (size - 1)


@inlined
def free_slot(first: int, second: int, slots: Int32s) -> int:
    """Return the slot for a new key."""
    slot = first_slot(first, second, slots.size)
    while slots[slot] != FREE:
        slot = (slot + 1) & (slots.size - 1)
    return slot


@inlined
def find_word(data: Bytes, begin: int, end: int, first: int, second: int, words: Words) -> int:
    """Return the number of the word from `begin` to `end` with this key, `FREE` if it is new."""
    slots, keys, begins, text = words
    slot = first_slot(first, second, slots.size)
    while True:
        word = int64(slots[slot])
        if word == FREE:
            return word
        if (
            keys[2 * word] == first
            and keys[2 * word + 1] == second
            and (second > 0 or same_bytes(data, begin, text, begins[word], end - begin))
        ):
            return word
        slot = (slot + 1) & (slots.size - 1)


@inlined
def same_bytes(data: Bytes, begin: int, other: Bytes, other_begin: int, length: int) -> bool:
    """Whether the `length` bytes at two positions are the same."""
    i = 0
    while i + 8 <= length:
        if eight_bytes(data, begin + i) != eight_bytes(other, other_begin + i):
            return False
        i += 8
    while i < length:
        if data[begin + i] != other[other_begin + i]:
            return False
        i += 1
    return True


@inlined
def eight_bytes(data: Bytes, begin: int) -> int:
    """Return the eight bytes from `begin` on as one number; this compiles to one instruction."""
    number = int64(0)
    for i in range(8):
        number |= int64(data[begin + i]) << (8 * i)
    return number


@inlined
def _up_to_eight_bytes(data: Bytes, begin: int, end: int) -> int:
    """Return the bytes from `begin` to `end`, the first eight at most, as one number."""
    number = int64(0)
    for i in range(min(end - begin, 8)):
        number |= int64(data[begin + i]) << (8 * i)
    return number
