"""Counts words in a hash table: what a `dict` of bytes does, in arrays that compiled code can use.

The distinct words are in `text`, one after another, in the order of their first occurrence. Slots
hold the index of a word, and its key says in which to look (`word_keys.py`). Here "to be to" has
been counted:

    slots    -1   0   1  -1
    ends      2   5
    counts    2   1
    text     "to be"
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cs336_core.tokenization.compiled import Bytes, Int32s, Int64s, inlined, jit
from cs336_core.tokenization.pretokenization.kinds import character_kinds
from cs336_core.tokenization.pretokenization.machines import next_pretoken
from cs336_core.tokenization.pretokenization.special_tokens import EDGE_BYTE
from cs336_core.tokenization.pretokenization.word_keys import (
    FREE,
    Words,
    find_word,
    free_slot,
    word_key,
)
from cs336_core.tokenization.training.word_counts import Counts

_EDGE = EDGE_BYTE[0]
_WORDS, _BYTES = 1 << 12, 1 << 15  # there is room for as many in the beginning


class Table(NamedTuple):
    """The arrays of a hash table; at most half of the slots are in use."""

    size: Int64s  # the number of words, the only entry
    slots: Int32s  # the index of a word, or `FREE`
    keys: Int64s  # the key of each word, two numbers
    ends: Int64s  # where each word ends in `text`, after a 0
    counts: Int64s  # how often each word occurs
    text: Bytes  # the bytes of all words: word i is `text[ends[i]:ends[i + 1]]`


class WordTable:
    """Counts words.

    >>> table = WordTable()
    >>> table.count(b"to be to", 1)  # with the pattern of GPT-2
    >>> table.counted().to_dict()
    {b'to': 1, b' be': 1, b' to': 1}
    """

    def __init__(self) -> None:
        self._table = Table(
            size=np.zeros(1, np.int64),
            slots=np.full(2 * _WORDS, FREE, np.int32),
            keys=np.zeros(2 * _WORDS, np.int64),
            ends=np.zeros(_WORDS + 1, np.int64),
            counts=np.zeros(_WORDS, np.int64),
            text=np.zeros(_BYTES, np.uint8),
        )

    def count(self, data: bytes, machine: int) -> None:
        """Count the pre-tokens of `data`, UTF-8 with edges, for the machine of a pattern."""
        array, kinds, begin = np.frombuffer(data, np.uint8), character_kinds(), 0
        while begin < len(array):
            begin, missing = count_pretokens_from(begin, array, machine, kinds, self._table)
            self._make_room(missing)

    def add(self, words: Counts) -> None:
        """Add the counts of words that were counted elsewhere."""
        # Arrays that come from another process may be read-only, for numba another type.
        data = np.require(words.data, requirements="W")
        counts = np.require(words.counts, requirements="W")
        ends = np.append(0, np.cumsum(words.lengths))
        done = 0
        while (done := add_words(done, data, ends, counts, self._table)) < len(words):
            self._make_room(int(words.lengths[done]))

    def counted(self) -> Counts:
        """Return the words counted so far."""
        size = int(self._table.size[0])
        ends = self._table.ends[: size + 1]
        return Counts(
            self._table.text[: ends[-1]].copy(), np.diff(ends), self._table.counts[:size].copy()
        )

    def _make_room(self, length: int) -> None:
        """Double the arrays that have no room for another word of `length` bytes."""
        table = self._table
        size = int(table.size[0])
        if size == len(table.counts):
            table = table._replace(
                slots=np.full(2 * len(table.slots), FREE, np.int32),
                keys=np.append(table.keys, np.zeros(2 * size, np.int64)),
                ends=np.append(table.ends, np.zeros(size, np.int64)),
                counts=np.append(table.counts, np.zeros(size, np.int64)),
            )
            fill_slots(table)
        while table.ends[size] + length > len(table.text):
            table = table._replace(text=np.append(table.text, np.zeros_like(table.text)))
        self._table = table


@jit
def count_pretokens_from(
    begin: int, data: Bytes, machine: int, kinds: Bytes, table: Table
) -> tuple[int, int]:
    """Count the pre-tokens of `data` from `begin` on.

    Returns where it stopped, the end or the first word for which the table has no room, and the
    length of that word.
    """
    while begin < len(data):
        if data[begin] == _EDGE:
            begin += 1
            continue
        edge = begin
        while edge < len(data) and data[edge] != _EDGE:
            edge += 1
        while begin < edge:
            end = next_pretoken(machine, data, begin, edge, kinds)
            if not add_word(data, begin, end, 1, table):
                return begin, end - begin
            begin = end
    return begin, 0


@jit
def add_words(done: int, data: Bytes, ends: Int64s, counts: Int64s, table: Table) -> int:
    """Add counted words from word `done` on; return the first that the table has no room for."""
    while done < len(counts):
        if not add_word(data, ends[done], ends[done + 1], counts[done], table):
            break
        done += 1
    return done


@inlined
def add_word(data: Bytes, begin: int, end: int, count: int, table: Table) -> bool:
    """Add to the count of the word `data[begin:end]`; return whether the table has room for it."""
    first, second = word_key(data, begin, end)
    slots, keys, ends, text = table.slots, table.keys, table.ends, table.text
    word = find_word(data, begin, end, first, second, Words(slots, keys, ends, text))
    if word == FREE:
        word = table.size[0]
        start = ends[word]
        if word == len(table.counts) or start + end - begin > len(text):
            return False
        for i in range(end - begin):
            text[start + i] = data[begin + i]
        slots[free_slot(first, second, slots)] = word
        keys[2 * word], keys[2 * word + 1] = first, second
        ends[word + 1] = start + end - begin
        table.size[0] += 1
    table.counts[word] += count
    return True


@jit
def fill_slots(table: Table) -> None:
    """Enter all words into slots that are free."""
    for word in range(table.size[0]):
        first, second = table.keys[2 * word], table.keys[2 * word + 1]
        table.slots[free_slot(first, second, table.slots)] = word
